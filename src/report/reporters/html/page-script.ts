// The page's script, from the functions in `client/` as they were compiled: what is typed, checked and tested there is what
// runs in the page, and there is no copy of it to go stale. That takes functions that reach for nothing outside of
// themselves but what they are handed.
import { parts } from './client/parts.ts'

export function pageScript(): string {
  const sources = Object.entries(parts).map(([name, part]) => `${name}: ${source(part)}`)
  return `
'use strict'
${NAMED_FUNCTIONS}
const parts = {
${sources.join(',\n')}
}
parts.startPage(parts, window)
`
}

/** A checkout on Windows may have given the source line ends that an HTML parser changes, and with them the hash. */
function source(part: (...args: never[]) => unknown): string {
  return String(part).replaceAll('\r\n', '\n')
}

/** What esbuild, under tsx, adds to functions to keep their names. */
const NAMED_FUNCTIONS = 'const __name = (made) => made'
