// Which queries of a trace are "the same query again": one fingerprint, sent from one path through the application.
// Two explicit calls of a helper from two places are no repetition, so the whole path counts; but V8 shows the callers
// above an `await` only in the first turn of a loop, so a path and its own beginning are one. A worker that claims one
// job after the other repeats nothing: each claim begins a unit of work of its own.
import { fingerprint } from '../sql/index.ts'
import type { CallSite, Query } from '../types.ts'
import { pathTree } from './path-tree.ts'

/** Positions in the trace, in the order the queries started; two or more. */
export interface Repetition {
  indexes: readonly number[]
  /** The longest path seen, frames of the application only. */
  callSite: CallSite
  /** Some path was taken twice to the column, as in the turns of a loop; explicit calls on one line never do that. */
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

interface Group {
  indexes: number[]
  callSite: CallSite
  path: CallSite
  isLoop: boolean
}

function splitByPath(queries: readonly Query[], indexes: readonly number[]): Repetition[] {
  const groups: Group[] = []
  const tree = pathTree<Group>()
  const groupOfSite = new Map<string, Group>()
  for (const index of indexes) {
    const callSite = queries[index]?.callSite ?? []
    const path = withoutRecursion(callSite)
    const site = path.map(({ file, line, column }) => `${file}:${line}:${column}`).join(' ')
    const known = groupOfSite.get(site)
    if (known) {
      known.isLoop = true
      known.indexes.push(index)
      continue
    }
    let group = tree.find(path)
    if (!group) {
      group = { indexes: [], callSite, path, isLoop: false }
      groups.push(group)
      tree.add(path, group)
    } else if (path.length > group.path.length) {
      Object.assign(group, { callSite, path })
      tree.add(path, group)
    }
    group.indexes.push(index)
    groupOfSite.set(site, group)
  }
  return groups
}

/** A path with each function once: one that calls itself is on one path at every depth of the tree it walks. */
function withoutRecursion(callSite: CallSite): CallSite {
  const seen = new Set<string>()
  return callSite.filter((frame) => {
    const place = `${frame.file} ${frame.function ?? frame.line}`
    return !seen.has(place) && seen.add(place)
  })
}
