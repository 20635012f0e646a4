// All regular expressions in a source file, found by a parser, because a text search would take divisions for regular
// expressions.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'

export interface FoundExpression {
  /** `src/sql/fingerprint/fingerprint.ts:12` */
  place: string
  source: string
  flags: string
}

export function expressionsOf(file: string, root: string): FoundExpression[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found: FoundExpression[] = []
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const { regex, start } = node as { regex?: { pattern: string; flags: string }; start: number }
    if (regex) {
      const line = text.slice(0, start).split('\n').length
      found.push({ place: `${file}:${line}`, source: regex.pattern, flags: regex.flags })
    }
    for (const inner of Object.values(node)) walk(inner)
  }
  walk(parseSync(file, text).program)
  return found
}
