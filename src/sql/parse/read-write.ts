// Reads INSERT, UPDATE, DELETE and MERGE: the table that is written, its columns, and where the rows come from.
import type { DeleteStmt, InsertStmt, MergeStmt, UpdateStmt } from 'libpg-query'
import { analyzeExpression, readOperand } from './analyze-expression.ts'
import { readOutputs } from './read-outputs.ts'
import { addTable, readFrom, readWith } from './read-tables.ts'
import { finishLevel, type Scope, type StatementReader } from './statement-reader.ts'
import { as, returningOf } from './tree.ts'

export function readInsert(insert: InsertStmt, scope: Scope, reader: StatementReader): void {
  readWith(insert.withClause, scope, reader)
  const table = addTable(insert.relation ?? {}, scope, reader, true)
  const source = as(insert.selectStmt, 'SelectStmt')
  const rows = source?.valuesLists
  if (source !== undefined) reader.readStatement({ SelectStmt: source }, 'source', { ...scope, tables: [] })
  const conflict = insert.onConflictClause
  reader.writes.push({
    kind: 'insert',
    query: scope.query,
    table,
    columns: (insert.cols ?? []).map((column) => as(column, 'ResTarget')?.name ?? ''),
    values: [],
    ...(rows === undefined ? {} : { rows: rows.length }),
    source: source === undefined ? 'defaults' : rows === undefined ? 'query' : 'values',
    ...(conflict === undefined
      ? {}
      : { onConflict: conflict.action === 'ONCONFLICT_UPDATE' ? 'update' : 'nothing' }),
    returning: returningOf(insert) !== undefined,
  })
  for (const target of conflict?.targetList ?? []) readOperand(as(target, 'ResTarget')?.val, scope, reader)
  analyzeExpression(conflict?.whereClause, scope, reader, 'where')
  finishLevel(reader, scope, { outputs: readOutputs(returningOf(insert), scope, reader) })
}

export function readUpdate(update: UpdateStmt, scope: Scope, reader: StatementReader): void {
  const targets = (update.targetList ?? []).map((target) => as(target, 'ResTarget'))
  readWith(update.withClause, scope, reader)
  const table = addTable(update.relation ?? {}, scope, reader, true)
  for (const from of update.fromClause ?? []) readFrom(from, scope, reader)
  reader.writes.push({
    kind: 'update',
    query: scope.query,
    table,
    columns: targets.map((target) => target?.name ?? ''),
    values: targets.map((target) => readOperand(target?.val, scope, reader)),
    returning: returningOf(update) !== undefined,
  })
  analyzeExpression(update.whereClause, scope, reader, 'where')
  finishLevel(reader, scope, { outputs: readOutputs(returningOf(update), scope, reader) })
}

export function readDelete(remove: DeleteStmt, scope: Scope, reader: StatementReader): void {
  readWith(remove.withClause, scope, reader)
  const table = addTable(remove.relation ?? {}, scope, reader, true)
  for (const using of remove.usingClause ?? []) readFrom(using, scope, reader)
  reader.writes.push({
    kind: 'delete',
    query: scope.query,
    table,
    columns: [],
    values: [],
    returning: returningOf(remove) !== undefined,
  })
  analyzeExpression(remove.whereClause, scope, reader, 'where')
  finishLevel(reader, scope, { outputs: readOutputs(returningOf(remove), scope, reader) })
}

export function readMerge(merge: MergeStmt, scope: Scope, reader: StatementReader): void {
  readWith(merge.withClause, scope, reader)
  const table = addTable(merge.relation ?? {}, scope, reader, true)
  if (merge.sourceRelation !== undefined) readFrom(merge.sourceRelation, scope, reader)
  analyzeExpression(merge.joinCondition, scope, reader, 'join')
  const actions = (merge.mergeWhenClauses ?? []).map((clause) => as(clause, 'MergeWhenClause'))
  const targets = actions.map((action) => (action?.targetList ?? []).map((target) => as(target, 'ResTarget')))
  reader.writes.push({
    kind: 'merge',
    query: scope.query,
    table,
    columns: [...new Set(targets.flat().map((target) => target?.name ?? ''))],
    values: [],
    returning: returningOf(merge) !== undefined,
  })
  actions.forEach((action, at) => {
    const values = [
      ...(targets[at] ?? []).map((target) => target?.val),
      ...(action?.values ?? []),
      action?.condition,
    ]
    for (const value of values) readOperand(value, scope, reader)
  })
  finishLevel(reader, scope, { outputs: readOutputs(returningOf(merge), scope, reader) })
}
