// One statement of Drizzle instead of those of all turns of a loop, made from the source of the statement that the loop
// sends. The code works with Drizzle 0.45 and 1.0. A builder with calls that are not known here, such as joins that may
// give null, gets no code.
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import type { ReadRows, Remedy } from '../advisor.ts'
import { countMentions, type Expression, readExpression } from '../code/expression.ts'
import { countOnce } from './aggregate-once.ts'
import { findOnce } from './find-once.ts'
import { selectOnce } from './select-once.ts'
import { insertOnce, writeOnce } from './write-once.ts'

export function drizzleRead(source: QuerySource, rows: ReadRows): Remedy | undefined {
  const { loop } = source
  const expression = loop?.mayAwait && repeatedExpression(loop)
  if (!expression) return undefined
  const names = expression.calls.map(({ name }) => name)
  if (names.length !== 1) return selectOnce(expression, source, loop, rows)
  if (names[0] === '$count') return countOnce(expression, source, loop)
  if (names[0] !== 'findMany' && names[0] !== 'findFirst') return undefined
  return findOnce(expression, source, loop, rows)
}

/** `kind` is that of the fingerprint, such as `insert`. */
export function drizzleWrite(kind: string, source: QuerySource): Remedy | undefined {
  const { loop } = source
  if (!loop?.mayAwait) return undefined
  if (kind === 'insert') return insertOnce(source, loop)
  const expression = repeatedExpression(loop)
  return expression && writeOnce(kind, expression, source, loop)
}

/** The calls that the loop repeats, if they use its variable. */
function repeatedExpression(loop: SourceLoop): Expression | undefined {
  const expression = readExpression(loop.expression ?? '')
  return expression && countMentions(expression, [0, expression.end], loop.names) > 0 ? expression : undefined
}
