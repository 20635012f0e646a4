// Whether a repeated query walks along a tree or a chain: its own rows hold the value that it asks for next. Such values
// cannot be collected first.
import type { Trace } from '../types/trace.ts'
import type { Slot } from './slots.ts'

/** The column of its rows from which the next value is taken; undefined where it is no walk. */
export function nextOfWalk(
  trace: Trace,
  indexes: readonly number[],
  varying: readonly Slot[],
): string | undefined {
  const [slot] = varying
  if (!slot || varying.length > 1) return undefined
  const own = new Set(indexes)
  const steps = indexes.slice(1).flatMap((index) => {
    const flows = trace.queries[index]?.flow ?? []
    return flows.find(({ param, query }) => param === slot.position && own.has(query)) ?? []
  })
  const columns = new Set(steps.map(({ column }) => column))
  const [column] = columns
  const isWalk = columns.size === 1 && steps.length * 2 >= indexes.length - 1
  return isWalk && column !== lastPart(slot.column) ? column : undefined
}

function lastPart(column = ''): string {
  return column.slice(column.lastIndexOf('.') + 1).replaceAll('"', '')
}
