// The code of a remedy: an import, the lines before the loop, the expression that replaces the query in it, and the lines after
// it. Comments in the code say where each part belongs.
import type { QuerySource } from '../../types/query.ts'
import type { Remedy } from '../advisor.ts'

/** A remedy with code; `undefined` when there is no code. */
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
  /** Replaces the query. Empty when the query is only removed. */
  inside: string
  after?: readonly string[]
}

/** Returns `undefined` when the file uses a name that has to be imported for something else. */
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
  /** The names of the list of rows, and of the Map that is made from it. */
  found: string
  by: string
  /** The pattern for one element of the list. It binds `row`. */
  row: string
  key: string
  keyType: string
  rowType: string
  isOneRow?: boolean | undefined
}

export function groupRows(
  { isTyped }: QuerySource,
  { found, by, row, key, keyType, rowType, isOneRow }: Grouping,
): string[] {
  if (isOneRow) return [`const ${by} = new Map(${found}.map((${row}) => [${key}, [row]]))`]
  return [
    `const ${by} = new Map${isTyped ? `<${keyType}, ${rowType}>` : ''}()`,
    `for (const ${row} of ${found}) ${by}.set(${key}, [...(${by}.get(${key}) ?? []), row])`,
  ]
}
