// Updates, deletes and inserts of a loop: one statement after the loop, for the keys or the rows of all turns.
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import type { Remedy } from '../advisor.ts'
import {
  countMentions,
  type Expression,
  inLines,
  type Range,
  readExpression,
  textOf,
  withReplaced,
} from '../code/expression.ts'
import { capitalized, newName } from '../code/loop-values.ts'
import { advice, pasted } from '../code/pasted.ts'
import { conditionForAll, howForAll, keysOf } from './keys.ts'

export function writeOnce(
  kind: string,
  expression: Expression,
  source: QuerySource,
  loop: SourceLoop,
): Remedy | undefined {
  const { calls } = expression
  const names = calls.map(({ name }) => name).join(' ')
  if (source.result !== 'unused' || (names !== 'update set where' && names !== 'delete where'))
    return undefined
  const set = calls.find(({ name }) => name === 'set')
  // An expression such as `n + 1` would be applied once for each row instead of once for each turn.
  if (set && /\bsql\b/.test(textOf(expression, set.args[0] ?? [0, 0]))) return undefined
  const where = calls.at(-1)?.args[0]
  const keys = keysOf(expression, where, loop)
  if (!where || !keys) return undefined
  const condition = conditionForAll(expression, where, keys, loop)
  return advice(
    source,
    `${kind === 'delete' ? 'Delete' : 'Update'} the rows of all of ${loop.over} with one statement, by ${howForAll(keys)}.`,
    pasted(source, 'drizzle-orm', condition.imports, {
      before: [],
      inside: '',
      after: [`await ${inLines(withReplaced(expression, [{ range: where, by: condition.text }]))}`],
    }),
  )
}

export function insertOnce(source: QuerySource, loop: SourceLoop): Remedy | undefined {
  const expression = readExpression(source.expression)
  const [insert, values, ...others] = expression?.calls ?? []
  const table = expression && insert && textOf(expression, insert.args[0] ?? [0, 0])
  const row = expression && values && textOf(expression, values.args[0] ?? [0, 0])
  if (!expression || insert?.name !== 'insert' || values?.name !== 'values' || !table || !row)
    return undefined
  if (source.result !== 'unused' || others.some(({ name }) => name !== 'onConflictDoNothing'))
    return undefined
  if (countMentions(expression, [0, values.open], loop.names) > 0) return undefined
  const rows = newName(`new${capitalized(table.split('.').at(-1) ?? '')}`, source)
  const all = withReplaced(expression, [{ range: values.args[0] as Range, by: rows }])
  return advice(
    source,
    `Collect the rows in the loop and insert them at once: values(${rows}).`,
    pasted(source, 'drizzle-orm', [], {
      before: [`const ${rows}${source.isTyped ? `: (typeof ${table}.$inferInsert)[]` : ''} = []`],
      inside: `${rows}.push(${row})`,
      after: [`if (${rows}.length > 0) await ${all}`],
    }),
  )
}
