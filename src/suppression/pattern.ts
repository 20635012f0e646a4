// Patterns for routes and paths: `*` is anything within one segment, `**` anything at all. The whole name has to match.

type Matches = (name: string) => boolean

export function routePattern(pattern: string): Matches {
  return matching(`^${expressionOf(pattern)}$`)
}

/** Without a star it also covers what lies below, as the name of a folder does. */
export function pathPattern(pattern: string): Matches {
  const path = pattern.replace(/^\.\//, '').replace(/(?<=[^/])\/+$/, '')
  return matching(`^${expressionOf(path)}${path.includes('*') ? '' : '(?:/.*)?'}$`)
}

function expressionOf(pattern: string): string {
  return pattern
    .split(/(\*\*\/|\*\*|\*)/)
    .map((part) => STARS[part] ?? part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('')
}

/** `src/**` + `/a.ts` is also `src/a.ts`. */
const STARS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' }

function matching(expression: string): Matches {
  const whole = new RegExp(expression, 's')
  return (name) => whole.test(name)
}
