// Patterns for names of routes. They are not file globs: `GET /files/{*path}` and `/:id(\\d+)` are names as frameworks write
// them, and only the stars of the pattern are special.

/**
 * The whole name must match. `*` matches up to the next slash, `**` matches anything. `**` followed by a slash also matches
 * nothing.
 */
export function routePattern(pattern: string): (name: string) => boolean {
  const expression = pattern
    .split(/(\*\*\/|\*\*|\*)/)
    .map((part) => STARS[part] ?? part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('')
  const whole = new RegExp(`^${expression}$`, 's')
  return (name) => whole.test(name)
}

const STARS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' }
