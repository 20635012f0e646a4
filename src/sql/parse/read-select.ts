// Reads a SELECT: its clauses, its limit and locks, and the arms of a set operation.
import type { Node, SelectStmt } from 'libpg-query'
import { analyzeExpression, readOperand } from './analyze-expression.ts'
import { readOutputs } from './read-outputs.ts'
import { readFrom, readWith } from './read-tables.ts'
import type { Lock, Operand, QueryLevel } from './statement-analysis.ts'
import { finishLevel, type Scope, type StatementReader } from './statement-reader.ts'
import { as } from './tree.ts'

const LOCKS: Readonly<Record<string, Lock['strength']>> = {
  LCS_FORUPDATE: 'update',
  LCS_FORNOKEYUPDATE: 'no key update',
  LCS_FORSHARE: 'share',
  LCS_FORKEYSHARE: 'key share',
}

export function readSelect(select: SelectStmt, scope: Scope, reader: StatementReader): void {
  const walk = (node: Node | undefined) => readOperand(node, scope, reader)
  readWith(select.withClause, scope, reader)
  const isSet = select.op !== undefined && select.op !== 'SETOP_NONE'
  if (isSet) {
    for (const arm of [select.larg, select.rarg])
      if (arm !== undefined) reader.readStatement({ SelectStmt: arm }, 'arm', scope)
  }
  for (const from of select.fromClause ?? []) readFrom(from, scope, reader)
  for (const row of select.valuesLists ?? []) walk(row)
  analyzeExpression(select.whereClause, scope, reader, 'where')
  analyzeExpression(select.havingClause, scope, reader, 'having')
  const limited = select.limitOption !== undefined && select.limitOption !== 'LIMIT_OPTION_DEFAULT'
  const limit = walk(select.limitCount)
  const isLimit = limited && select.limitCount !== undefined && !isNull(limit)
  for (const window of select.windowClause ?? []) walk(window)
  finishLevel(reader, scope, {
    outputs: readOutputs(select.targetList, scope, reader),
    distinct: select.distinctClause !== undefined,
    grouped: select.groupClause !== undefined,
    groupBy: (select.groupClause ?? []).map(walk),
    having: select.havingClause !== undefined,
    orderBy: (select.sortClause ?? []).map((term) => {
      const sort = as(term, 'SortBy')
      return { by: walk(sort?.node), descending: sort?.sortby_dir === 'SORTBY_DESC' }
    }),
    ...(isLimit ? { limit } : {}),
    withTies: select.limitOption === 'LIMIT_OPTION_WITH_TIES',
    ...(select.limitOffset === undefined ? {} : { offset: walk(select.limitOffset) }),
    ...(isSet ? { setOperation: setOperation(select) } : {}),
    locks: (select.lockingClause ?? []).flatMap(readLock),
  })
}

function readLock(clause: Node): Lock[] {
  const lock = as(clause, 'LockingClause')
  const strength = LOCKS[lock?.strength ?? '']
  if (strength === undefined) return []
  const wait =
    lock?.waitPolicy === 'LockWaitSkip'
      ? 'skip locked'
      : lock?.waitPolicy === 'LockWaitError'
        ? 'nowait'
        : 'block'
  return [{ strength, wait }]
}

function isNull(operand: Operand): boolean {
  return operand.kind === 'constant' && operand.value === null
}

function setOperation({ op, all }: SelectStmt): NonNullable<QueryLevel['setOperation']> {
  if (op === 'SETOP_INTERSECT') return 'intersect'
  if (op === 'SETOP_EXCEPT') return 'except'
  return all === true ? 'union all' : 'union'
}
