// The environment of a developer's shell: the variables of the test runner and of pg-loupe are left out.
const OURS = /^(?:NODE_ENV|NODE_OPTIONS|FORCE_COLOR|VITEST.*|TEST|TINYPOOL.*|NODE_TEST.*|PG_LOUPE_.*)$/

export function strangerEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)))
}
