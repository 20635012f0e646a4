// Which queries of a trace are "the same query again": one fingerprint, sent from one path through the application.
// Two explicit calls of a helper from two places are no repetition, so the whole path counts; but V8 shows the callers
// above an `await` only in the first turn of a loop, so a path and its own beginning are one.
import { fingerprint } from '../sql/index.ts'
import type { CallSite, Frame, Query } from '../types.ts'

/** Positions in the trace, in the order the queries started; two or more. */
export interface Repetition {
  indexes: readonly number[]
  /** The longest path seen. */
  callSite: CallSite
}

export function findRepetitions(queries: readonly Query[]): Repetition[] {
  const byStatement = new Map<string, number[]>()
  queries.forEach(({ sql }, index) => {
    const { key } = fingerprint(sql)
    const group = byStatement.get(key)
    if (group) group.push(index)
    else byStatement.set(key, [index])
  })
  return [...byStatement.values()]
    .filter((indexes) => indexes.length > 1)
    .flatMap((indexes) => splitByPath(queries, indexes))
    .filter(({ indexes }) => indexes.length > 1)
}

/** A path with each function once: one that calls itself is on one path at every depth of the tree it walks. */
function withoutRecursion(callSite: CallSite): CallSite {
  const seen = new Set<string>()
  return callSite.filter((frame) => {
    const place = `${frame.file} ${frame.function ?? frame.line}`
    return !seen.has(place) && seen.add(place)
  })
}

function splitByPath(queries: readonly Query[], indexes: readonly number[]): Repetition[] {
  const groups: { indexes: number[]; callSite: CallSite; path: CallSite }[] = []
  const groupOfSite = new Map<CallSite, (typeof groups)[number]>()
  for (const index of indexes) {
    const callSite = queries[index]?.callSite ?? NO_SITE
    let group = groupOfSite.get(callSite)
    if (!group) {
      const path = withoutRecursion(callSite)
      group = groups.find((other) => isSamePath(other.path, path))
      if (!group) {
        group = { indexes: [], callSite, path }
        groups.push(group)
      } else if (path.length > group.path.length) {
        group.callSite = callSite
        group.path = path
      }
      groupOfSite.set(callSite, group)
    }
    group.indexes.push(index)
  }
  return groups
}

const NO_SITE: CallSite = []

function isSamePath(a: CallSite, b: CallSite): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a]
  return shorter.every((frame, depth) => isSameFrame(frame, longer[depth], depth))
}

/** Callers are compared by line: while running they stand at the call's column, once awaited at that of the `await`. */
function isSameFrame(a: Frame, b: Frame | undefined, depth: number): boolean {
  if (!b || a.line !== b.line || a.file !== b.file) return false
  return depth > 0 || a.column === b.column
}
