// Reads the columns that a SELECT or a RETURNING gives.
import type { Node } from 'libpg-query'
import { readOperand } from './analyze-expression.ts'
import type { Output } from './statement-analysis.ts'
import type { Scope, StatementReader } from './statement-reader.ts'
import { as, strings } from './tree.ts'

export function readOutputs(
  targets: readonly Node[] | undefined,
  scope: Scope,
  reader: StatementReader,
): Output[] {
  const { tables, calls } = reader
  return (targets ?? []).map((target) => {
    const result = as(target, 'ResTarget')
    const name = result?.name === undefined ? {} : { name: result.name }
    const column = as(result?.val, 'ColumnRef')
    if (column?.fields?.some((field) => as(field, 'A_Star') !== undefined)) {
      const qualifier = strings(column.fields).at(-1)
      const table = scope.tables.find((at) => tables[at]?.alias === qualifier)
      return { kind: 'star', ...(table === undefined ? {} : { table }), ...name }
    }
    const before = calls.length
    const operand = readOperand(result?.val, scope, reader)
    if (operand.kind === 'column') {
      const { column: used, table } = operand
      return { kind: 'column', column: used, ...(table === undefined ? {} : { table }), ...name }
    }
    if (operand.kind === 'constant' || operand.kind === 'parameter') return { kind: 'constant', ...name }
    const aggregates = calls
      .slice(before)
      .some((call) => call.query === scope.query && call.kind === 'aggregate')
    return { kind: aggregates ? 'aggregate' : 'expression', ...name }
  })
}
