// Patterns for names of routes. They are no globs of files: `GET /files/{*path}` and `/:id(\\d+)` are names as frameworks write
// them, in which only the stars of the pattern are special.

/** The whole name has to match. `*` matches up to the next slash, `**` anything; `**` with a slash behind it also matches nothing. */
export function routePattern(pattern: string): (name: string) => boolean {
  const expression = pattern
    .split(/(\*\*\/|\*\*|\*)/)
    .map((part) => STARS[part] ?? part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('')
  const whole = new RegExp(`^${expression}$`, 's')
  return (name) => whole.test(name)
}

const STARS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' }
