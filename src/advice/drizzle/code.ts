// One statement of Drizzle instead of those of all turns of a loop, made from the source of the statement that the loop
// sends. The code works with Drizzle 0.45 and 1.0. A builder with calls that are not known here, such as joins that may
// give null, gets no code.
import type { QuerySource } from '../../types/query.ts'
import type { Remedy } from '../advisor.ts'
import { countMentions, readExpression } from '../code/expression.ts'
import { countOnce } from './aggregate-once.ts'
import { findOnce } from './find-once.ts'
import { selectOnce } from './select-once.ts'
import { insertOnce, writeOnce } from './write-once.ts'

/** `kind` is that of the fingerprint, such as `select`. */
export function drizzleCode(kind: string, source: QuerySource): Remedy | undefined {
  const { loop } = source
  if (!loop?.mayAwait) return undefined
  if (kind === 'insert') return insertOnce(source, loop)
  const expression = readExpression(loop.expression ?? '')
  if (!expression || countMentions(expression, [0, expression.end], loop.names) === 0) return undefined
  const names = expression.calls.map(({ name }) => name)
  if (kind !== 'select') return writeOnce(kind, expression, source, loop)
  if (names.length !== 1) return selectOnce(expression, source, loop)
  if (names[0] === '$count') return countOnce(expression, source, loop)
  return names[0] === 'findMany' || names[0] === 'findFirst' ? findOnce(expression, source, loop) : undefined
}
