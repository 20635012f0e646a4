// Writes of a transaction that came to nothing and was tried again: what was written in it was not written. Only what is
// sent again with the same values is left out, so that a loop in a transaction that failed stays a loop.
import type { Query } from '../types/query.ts'
import { readValues } from './slots.ts'

/** `indexes` are the positions of one statement. */
export function withoutRetried(trace: readonly Query[], indexes: readonly number[]): readonly number[] {
  const transactionOf = (index: number) => trace[index]?.transaction
  if (new Set(indexes.map(transactionOf)).size < 2) return indexes
  const undone = undoneTransactions(trace)
  if (undone.size === 0) return indexes
  const valuesOf = (index: number) => JSON.stringify(readValues(trace[index] as Query))
  const last = new Map(indexes.map((index) => [valuesOf(index), index]))
  return indexes.filter((index) => {
    const transaction = transactionOf(index)
    if (transaction === undefined || !undone.has(transaction)) return true
    return transactionOf(last.get(valuesOf(index)) ?? index) === transaction
  })
}

/** The positions of statements that were rolled back or failed. */
function undoneTransactions(trace: readonly Query[]): Set<number> {
  const undone = new Set<number>()
  for (const { sql, transaction, error } of trace) {
    if (transaction !== undefined && (error !== undefined || isRollback(sql))) undone.add(transaction)
  }
  return undone
}

/** A rollback of the whole transaction, not to a savepoint. */
function isRollback(sql: string): boolean {
  return /^\s*(?:rollback|abort)\b/i.test(sql) && !/\bto\b/i.test(sql)
}
