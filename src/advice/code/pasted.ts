// The text of a remedy to paste: the imports, the code before the loop, the code that replaces the query in the loop, and the
// code after it. Comments name these parts.
import type { QuerySource } from '../../types/query.ts'
import type { Remedy } from '../advisor.ts'

/** Without code that can be pasted there is no advice. */
export function advice(
  { loop }: QuerySource,
  remediation: string,
  fix: string | undefined,
): Remedy | undefined {
  if (fix === undefined) return undefined
  return { remediation: loop?.isNested ? `${remediation} ${INNER}` : remediation, fix }
}

const INNER = 'This loop stands inside another one: the code replaces the query of the inner loop.'

interface Parts {
  before: readonly string[]
  /** Empty when the query has no replacement in the loop. */
  inside: string
  after?: readonly string[]
}

/** `undefined` where a name that has to be imported means something else in the file. */
export function pasted(
  { imported, taken, modules, loop }: QuerySource,
  module: string,
  needed: readonly string[],
  { before, inside, after = [] }: Parts,
): string | undefined {
  if (needed.some((name) => taken.includes(name))) return undefined
  const names = [...new Set(needed)].filter((name) => !imported.includes(name)).sort()
  const loaded =
    modules === 'import'
      ? `import { ${names.join(', ')} } from '${module}'`
      : `const { ${names.join(', ')} } = require('${module}')`
  const place = loop?.isNested ? 'the inner loop' : 'the loop'
  return [
    ...(names.length > 0 ? [loaded] : []),
    ...(before.length > 0 ? [`// Before ${place}:`, ...before] : []),
    ...(inside === ''
      ? [`// In ${place}, drop the query.`]
      : [`// In ${place}, instead of the query:`, inside]),
    ...(after.length > 0 ? [`// After ${place}:`, ...after] : []),
  ].join('\n')
}

interface Grouping {
  /** The list of rows, and the Map that is made of it. */
  found: string
  by: string
  /** An expression for a row of the list, which binds `row`. */
  row: string
  key: string
  keyType: string
  rowType: string
}

export function groupRows(
  { isTyped }: QuerySource,
  { found, by, row, key, keyType, rowType }: Grouping,
): string[] {
  return [
    `const ${by} = new Map${isTyped ? `<${keyType}, ${rowType}>` : ''}()`,
    `for (const ${row} of ${found}) ${by}.set(${key}, [...(${by}.get(${key}) ?? []), row])`,
  ]
}
