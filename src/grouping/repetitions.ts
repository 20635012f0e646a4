// Finds the queries of a trace that are the same query sent again: one fingerprint, sent from one path through the
// application. Two explicit calls of a helper from two places are not a repetition, so the whole path is compared, down to
// the column where it is known. V8 shows the callers above an `await` only in the first turn of a loop, so a path and its
// own beginning count as one path. A worker that claims one job after the other repeats nothing, because each claim begins
// a new unit of work.
import { fingerprint } from '../sql/index.ts'
import type { CallSite, Frame, Query } from '../types/query.ts'
import { type PathTree, pathTree } from './path-tree.ts'
import { rememberedFor } from './remembered.ts'

export interface Repetition {
  /** Two or more positions in the trace, in the order in which the queries started. */
  indexes: readonly number[]
  /** The longest path seen. It holds frames of the application only. */
  callSite: CallSite
  /**
   * True when a loop sent the queries, not several explicit calls: the same path, down to the column, was taken twice and
   * is known to belong to one call. Where that is not known, a path that was taken many times is proof enough.
   */
  isLoop: boolean
}

export const findRepetitions = rememberedFor((queries): readonly Repetition[] =>
  findSameStatements(queries)
    .flatMap((indexes) => splitByPath(queries, indexes))
    .filter(({ indexes }) => indexes.length > 1),
)

/** The positions of each statement that was sent at least twice in one job, whatever sent it. */
export const findSameStatements = rememberedFor(readSameStatements)

function readSameStatements(queries: readonly Query[]): readonly (readonly number[])[] {
  const byStatement = new Map<string, number[]>()
  let job = 0
  queries.forEach(({ sql, sqlLength }, index) => {
    // Only the start of this statement was kept. Two statements that begin alike may differ in the rest.
    if (sqlLength !== undefined) return
    if (CLAIM.test(sql)) job++
    const key = `${job} ${fingerprint(sql).key}`
    const group = byStatement.get(key)
    if (group) group.push(index)
    else byStatement.set(key, [index])
  })
  return [...byStatement.values()].filter((indexes) => indexes.length > 1)
}

/** Job queues on PostgreSQL take the next job with SKIP LOCKED. */
const CLAIM = /\bskip\s+locked\b/i

interface Sending {
  index: number
  callSite: CallSite
  path: readonly Step[]
  /** True when several calls may have this path. */
  isUnknown: boolean
}

/** A frame of the path. Its state is undefined where it is not known whether the frame was running or waiting. */
type Step = Frame & { state: 'running' | 'waiting' | undefined }

interface Group {
  sendings: Sending[]
  path: readonly Step[]
  /**
   * Set when a later turn of the loop has joined the group. The first turn was seen while its callers were running, the
   * later one while they waited for it.
   */
  isContinued?: true
}

/**
 * Finds the group whose first turn had the callers of this path while they were still running. The waiting frames of later
 * turns may be on other lines: a promise can be awaited on another line than that of the call, and functions that only
 * passed the promise on have left the stack.
 */
function groupBegunBy(path: readonly Step[], tree: PathTree<Group>): Group | undefined {
  const running = path.findIndex(({ state }) => state === 'waiting')
  const waiting = path[running]
  if (running < 1 || !waiting) return undefined
  const group = tree.find(path.slice(0, running))
  const began = group?.path.slice(running).find((step) => isSameFunction(step, waiting))
  if (!group || group.isContinued || began?.state !== 'running') return undefined
  group.isContinued = true
  return group
}

function isSameFunction(a: Frame, b: Frame): boolean {
  return a.file === b.file && a.function === b.function
}

function splitByPath(queries: readonly Query[], indexes: readonly number[]): Repetition[] {
  const groups: Group[] = []
  const tree = pathTree<Group>()
  const groupOfSite = new Map<string, Group>()
  for (const index of indexes) {
    const sending = sendingOf(queries[index], index)
    const { path } = sending
    const site = siteOf(path)
    let group = groupOfSite.get(site) ?? tree.find(path) ?? groupBegunBy(path, tree)
    if (!group) {
      group = { sendings: [], path }
      groups.push(group)
      tree.add(path, group)
    } else if (path.length > group.path.length) {
      group.path = path
      tree.add(path, group)
    }
    group.sendings.push(sending)
    groupOfSite.set(site, group)
  }
  return groups.flatMap(({ sendings }) => splitByColumn(sendings)).map(repetitionOf)
}

function sendingOf(
  { callSite = [], runningFrames, callersUnknown }: Partial<Query> = {},
  index: number,
): Sending {
  const steps = callSite.map((frame, depth): Step => {
    if (runningFrames === undefined) return { ...frame, state: undefined }
    return { ...frame, state: depth < runningFrames ? 'running' : 'waiting' }
  })
  return { index, callSite, path: withoutRecursion(steps), isUnknown: callersUnknown === true }
}

function siteOf(path: readonly Step[]): string {
  return path.map(({ file, line, column }) => `${file}:${line}:${column}`).join(' ')
}

/** A function makes only a handful of explicit calls of one helper. This many queries from one known line come from a loop. */
const MANY_CALLS = 8

function repetitionOf(sendings: readonly Sending[]): Repetition {
  const known = sendings.filter(({ isUnknown }) => !isUnknown).map(({ path }) => siteOf(path))
  const isMany = sendings.length >= MANY_CALLS && sendings.every(({ path }) => path.length > 0)
  const [first, ...others] = sendings.map(({ callSite }) => callSite)
  return {
    indexes: sendings.map(({ index }) => index),
    callSite: others.reduce((longest, site) => (site.length > longest.length ? site : longest), first ?? []),
    isLoop: isMany || new Set(known).size < known.length,
  }
}

/**
 * The column of a caller is that of its call while it is running, and that of its `await` while it waits. Two columns of one
 * line are therefore two calls only when both were seen in the same state.
 */
function splitByColumn(sendings: readonly Sending[]): Sending[][] {
  const columns = new Map<string, Set<number | undefined>>()
  for (const { path } of sendings) {
    for (const [depth, { state, column }] of path.entries()) {
      const seen = columns.get(`${depth} ${state}`) ?? new Set()
      if (state !== undefined) columns.set(`${depth} ${state}`, seen.add(column))
    }
  }
  if ([...columns.values()].every(({ size }) => size < 2)) return [[...sendings]]
  const parts = new Map<string, Sending[]>()
  for (const sending of sendings) {
    const calls = sending.path.flatMap(({ state, column }, depth) =>
      (columns.get(`${depth} ${state}`)?.size ?? 0) > 1 ? [`${depth} ${column}`] : [],
    )
    const part = parts.get(calls.join())
    if (part) part.push(sending)
    else parts.set(calls.join(), [sending])
  }
  return [...parts.values()]
}

/** Keeps each function of a path once: a function that calls itself has one path, however deep it has walked into its tree. */
function withoutRecursion<Item extends Frame>(path: readonly Item[]): Item[] {
  const seen = new Set<string>()
  return path.filter((frame) => {
    const place = `${frame.file} ${frame.function ?? frame.line}`
    return !seen.has(place) && seen.add(place)
  })
}
