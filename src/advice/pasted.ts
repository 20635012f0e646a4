// The text of a remedy that is pasted: what to import, what goes before the loop, what stands in it instead of the query,
// and what follows it. Comments say which is which.
import type { QuerySource } from '../types.ts'
import type { Remedy } from './sql.ts'

/** Without code that can be pasted there is no advice. */
export function advice(remediation: string, fix: string | undefined): Remedy | undefined {
  return fix === undefined ? undefined : { remediation, fix }
}

interface Parts {
  before: readonly string[]
  /** Empty: nothing stands there any more. */
  inside: string
  after?: readonly string[]
}

/** `undefined` where a name that has to be imported means something else in the file. */
export function pasted(
  { imported, taken, modules }: QuerySource,
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
  return [
    ...(names.length > 0 ? [loaded] : []),
    ...(before.length > 0 ? ['// Before the loop:', ...before] : []),
    ...(inside === ''
      ? ['// In the loop, drop the query.']
      : ['// In the loop, instead of the query:', inside]),
    ...(after.length > 0 ? ['// After the loop:', ...after] : []),
  ].join('\n')
}

interface Grouping {
  /** The list of rows, and the Map that is made of it. */
  found: string
  by: string
  /** What stands for a row of the list; it binds `row`. */
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
