// One statement instead of a loop, as a sentence with calls of Drizzle. A column is named as the application's source names
// it. Without the source, the sentence says that the name is the one in SQL.
import type { QuerySource } from '../../types/query.ts'
import type { Remedy } from '../advisor.ts'
import { callAt, type Expression, type Range, readExpression, textOf } from '../code/expression.ts'
import { withoutRows } from '../sql/loop-words.ts'
import type { ReadRewrite } from '../sql/repeated-read.ts'
import type { WriteRewrite } from '../sql/repeated-write.ts'

export function readInDrizzle(rewrite: ReadRewrite, source: QuerySource | undefined): Partial<Remedy> {
  switch (rewrite.kind) {
    case 'list': {
      const { column, name } = rewrite.key
      return {
        remediation: `Collect the ${name} values first and ask once, with ${inArray(column, source)}.`,
      }
    }
    case 'grouped': {
      const column = comparedColumn(source)
      const how = column ? `, .groupBy(${column})` : ' and .groupBy(…) by it'
      return {
        remediation: `Ask once for all, with ${inArray(rewrite.key.column, source)}${how}; ${withoutRows(rewrite.aggregates)}.`,
      }
    }
    default:
      return {}
  }
}

export function writeInDrizzle(rewrite: WriteRewrite, source: QuerySource | undefined): Partial<Remedy> {
  switch (rewrite.kind) {
    case 'rows':
      return {
        remediation: `Collect the rows first${rewrite.upsert ? ', each key once,' : ''} and insert them at once: db.insert(…).values([{ … }, { … }]).`,
      }
    case 'keys': {
      const [column] = rewrite.columns
      if (column === undefined || rewrite.columns.length > 1 || rewrite.sql === undefined) return {}
      return {
        remediation: `Collect the keys first and write once, with ${inArray(column, source)}.`,
      }
    }
    default:
      return {}
  }
}

/** A schema that has `orderItems.orderId` does not know the name `order_items.order_id`. */
function inArray(column: string, source: QuerySource | undefined): string {
  const own = comparedColumn(source)
  if (own) return `.where(inArray(${own}, …))`
  return `.where(inArray(…)) on the column that is ${column.replaceAll('"', '')} in SQL`
}

/** The column that the statement compares with a value by `eq`, if there is exactly one. */
function comparedColumn(source: QuerySource | undefined): string | undefined {
  const expression = source && readExpression(source.expression)
  const conditions = expression?.calls.flatMap(({ name, args }) =>
    name === 'where' ? args.slice(0, 1) : name === '$count' ? args.slice(1, 2) : [],
  )
  const columns = conditions?.flatMap((condition) => columnsIn(expression as Expression, condition)) ?? []
  return columns.length === 1 ? columns[0] : undefined
}

function columnsIn(expression: Expression, condition: Range): string[] {
  const call = callAt(expression, condition)
  if (call?.name === 'and') return call.args.flatMap((arg) => columnsIn(expression, arg))
  const [column] = call?.args ?? []
  return call?.name === 'eq' && column ? [textOf(expression, column)] : []
}
