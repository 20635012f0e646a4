// A package manager or a program that it has installed, as a developer's shell would start it.
import { spawn } from 'node:child_process'

/** The tarball of `npm pack`; run.mjs provides its path. */
export const tarball = process.env.PG_LOUPE_TARBALL ?? ''

const LONGEST_MS = 150_000

export interface Ran {
  status: number | null
  output: string
}

export function runManager(
  command: string,
  args: readonly string[],
  folder: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const shell = process.platform === 'win32'
  const env = { ...strangersEnvironment(), ...more }
  const child = spawn(command, args, { cwd: folder, env, shell, timeout: LONGEST_MS })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, output }))
  })
}

/** Variables of npm and of this runner are removed, because package managers read the variables of each other. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const names =
    /^(?:NODE_ENV|NODE_OPTIONS|FORCE_COLOR|VITEST.*|TEST|PROD|DEV|MODE|BASE_URL|SSR|TINYPOOL.*|npm_.*|INIT_CWD|PG_LOUPE_.*)$/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)))
}
