// Which queries of a trace are "the same query again": one fingerprint, sent from one path through the application. Two
// explicit calls of a helper from two places are no repetition, so the whole path counts, to the column where that is
// known; but V8 shows the callers above an `await` only in the first turn of a loop, so a path and its own beginning are
// one. A worker that claims one job after the other repeats nothing: each claim begins a unit of work of its own.
import { fingerprint } from '../sql/index.ts'
import type { CallSite, Frame, Query } from '../types/query.ts'
import { type PathTree, pathTree } from './path-tree.ts'

/** Positions in the trace, in the order the queries started; two or more. */
export interface Repetition {
  indexes: readonly number[]
  /** The longest path seen, frames of the application only. */
  callSite: CallSite
  /**
   * Some path was taken twice, to the column, and is known to be that of one call: a loop took it, no explicit calls. Where
   * that is not known, a path that was taken many times shows it too.
   */
  isLoop: boolean
}

export function findRepetitions(queries: readonly Query[]): readonly Repetition[] {
  return remembered(repetitionsOf, queries, readRepetitions)
}

/** Several detectors ask the same of one trace. */
const repetitionsOf = new WeakMap<readonly Query[], Remembered<Repetition>>()

function readRepetitions(queries: readonly Query[]): Repetition[] {
  return findSameStatements(queries)
    .flatMap((indexes) => splitByPath(queries, indexes))
    .filter(({ indexes }) => indexes.length > 1)
}

/** The positions of each statement that was sent at least twice in one job, from wherever. */
export function findSameStatements(queries: readonly Query[]): readonly (readonly number[])[] {
  return remembered(sameStatementsOf, queries, readSameStatements)
}

const sameStatementsOf = new WeakMap<readonly Query[], Remembered<number[]>>()

function readSameStatements(queries: readonly Query[]): number[][] {
  const byStatement = new Map<string, number[]>()
  let job = 0
  queries.forEach(({ sql, sqlLength }, index) => {
    // Two that begin alike may differ in what was not kept.
    if (sqlLength !== undefined) return
    if (CLAIM.test(sql)) job++
    const key = `${job} ${fingerprint(sql).key}`
    const group = byStatement.get(key)
    if (group) group.push(index)
    else byStatement.set(key, [index])
  })
  return [...byStatement.values()].filter((indexes) => indexes.length > 1)
}

/** How a job queue on PostgreSQL takes the next job, whoever else is waiting. */
const CLAIM = /\bskip\s+locked\b/i

/** As long as the trace has no further queries. */
interface Remembered<Item> {
  length: number
  items: readonly Item[]
}

function remembered<Item>(
  memory: WeakMap<readonly Query[], Remembered<Item>>,
  queries: readonly Query[],
  read: (queries: readonly Query[]) => readonly Item[],
): readonly Item[] {
  const known = memory.get(queries)
  if (known?.length === queries.length) return known.items
  const items = read(queries)
  memory.set(queries, { length: queries.length, items })
  return items
}

interface Sending {
  index: number
  callSite: CallSite
  path: readonly Step[]
  /** Several calls may have this path. */
  isUnknown: boolean
}

/** A frame of the path, in the state it was in where that is known. */
type Step = Frame & { state: 'running' | 'waiting' | undefined }

interface Group {
  sendings: Sending[]
  path: readonly Step[]
  /** Of a loop whose first turn was seen with its callers running: a later one, with those that wait for it. */
  isContinued?: true
}

/**
 * The group whose first turn had the callers of this path, while they were still running. What waits in the later turns may
 * be elsewhere: a promise can be awaited on another line than that of the call, and functions that only handed it on are gone.
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

/** Explicit calls of one helper side by side are a handful. So many queries from one line that is known come from a loop. */
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
 * A caller stands at its call while it is running, and at its `await` once it waits; in the same state, two columns of one
 * line are two calls.
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

/** A path with each function once: one that calls itself is on one path at every depth of the tree it walks. */
function withoutRecursion<Item extends Frame>(path: readonly Item[]): Item[] {
  const seen = new Set<string>()
  return path.filter((frame) => {
    const place = `${frame.file} ${frame.function ?? frame.line}`
    return !seen.has(place) && seen.add(place)
  })
}
