// Decides which repetitions of a trace belong to one loop: their paths divide below one frame of the application, the frame
// with the loop, and their turns interleave. Queries of a loop inside that loop belong to it as well. Two loops that run
// one after the other, or at the same time, stay two.
import type { CallSite, Frame, Query } from '../types/query.ts'

/** A statement that one path sends repeatedly. `indexes` are its positions in the trace, in ascending order. */
interface Repeated {
  indexes: readonly number[]
  callSite: CallSite
}

export interface Loop<Item> {
  items: readonly Item[]
  /** From the frame with the loop outwards. With one item it is the whole path. */
  callSite: CallSite
}

export function groupLoops<Item extends Repeated>(
  queries: readonly Query[],
  repetitions: readonly Item[],
): Loop<Item>[] {
  let loops: Loop<Item>[] = []
  for (const item of repetitions.toSorted((a, b) => firstOf(a) - firstOf(b))) {
    let joined: Loop<Item> = { items: [item], callSite: item.callSite }
    const others: Loop<Item>[] = []
    for (const loop of loops) {
      const callSite = commonPath(loop.callSite, joined.callSite)
      const takesTurns = callSite && loop.items.some((other) => takeTurns(queries, other, item))
      if (takesTurns) joined = { items: [...loop.items, ...joined.items], callSite }
      else others.push(loop)
    }
    loops = [...others, joined]
  }
  return loops
}

/**
 * Returns the path from the innermost function that both paths lead through. Its line is the first of the lines that were
 * seen: the loop itself sends nothing, so its own line is unknown. Returns undefined when there is no such function, and
 * when a single call of that function led to both paths.
 */
function commonPath(a: CallSite, b: CallSite): CallSite | undefined {
  if (a.length === 0 && b.length === 0) return a
  for (const [i, frame] of a.entries()) {
    const j = b.findIndex((other, at) => isSameFunction(frame, other) && leadOn(a, i + 1, b, at + 1))
    const other = b[j]
    if (!other) continue
    // One call that leads to different functions is a dispatcher, such as a GraphQL executor. It proves no loop.
    const isOneCall = frame.line === other.line && frame.column === other.column
    if (isOneCall && i > 0 && j > 0) return undefined
    const first = other.line < frame.line ? other : frame
    const [callersOfA, callersOfB] = [a.slice(i + 1), b.slice(j + 1)]
    return [first, ...(callersOfA.length < callersOfB.length ? callersOfB : callersOfA)]
  }
  return undefined
}

/** V8 names a method with the class of its object, and that class may differ each time: `Importer.save [as write]`. */
function isSameFunction(a: Frame, b: Frame): boolean {
  return a.file === b.file && bareName(a.function) === bareName(b.function)
}

function bareName(name = ''): string {
  const [first = ''] = name.split(' [as ')
  return first.slice(first.lastIndexOf('.') + 1)
}

/** True when the callers are the same. After an `await` the outer callers of a path may be missing. */
function leadOn(a: CallSite, from: number, b: CallSite, at: number): boolean {
  const known = Math.min(a.length - from, b.length - at)
  for (let step = 0; step < known; step++) {
    const [one, other] = [a[from + step], b[at + step]]
    if (one?.file !== other?.file || one?.line !== other?.line) return false
  }
  return true
}

function takeTurns(queries: readonly Query[], a: Repeated, b: Repeated): boolean {
  const [head, other] = firstOf(a) <= firstOf(b) ? [a, b] : [b, a]
  if (firstOf(other) > lastOf(head)) return goesOnFrom(spans(queries, head), spans(queries, other))
  return !runBeside(spans(queries, head), spans(queries, other))
}

/** The first turn has reached the next statement while later turns still wait for this one: the turns run concurrently. */
function goesOnFrom(head: readonly Span[], [next]: readonly Span[]): boolean {
  if (!next) return false
  const ends = head.map(({ end }) => end)
  const [first, last] = [least(ends), -least(ends.map((end) => -end))]
  return next.start >= first - ROUNDING_MS && next.start < last - ROUNDING_MS
}

/**
 * True for two loops that were started together: each sends its queries one after the other, and neither waits for the
 * other. Within one loop, all statements of a turn are answered before the next turn begins.
 */
function runBeside(head: readonly Span[], other: readonly Span[]): boolean {
  if (!isInSequence(head) || !isInSequence(other)) return false
  const begun = head.slice(1)
  let at = 0
  const crossed = begun.filter(({ start }) => {
    while ((other[at]?.end ?? Number.POSITIVE_INFINITY) <= start + ROUNDING_MS) at++
    const { start: since = Number.POSITIVE_INFINITY } = other[at] ?? {}
    return since < start - ROUNDING_MS
  })
  return crossed.length * 2 > begun.length
}

function isInSequence(spans: readonly Span[]): boolean {
  return spans.every(({ start }, at) => start >= (spans[at - 1]?.end ?? start) - ROUNDING_MS)
}

/** Times are kept with three decimals. */
const ROUNDING_MS = 0.01

interface Span {
  start: number
  end: number
}

/** Queries without times get their positions as times, so that nothing overlaps. */
function spans(queries: readonly Query[], { indexes }: Repeated): Span[] {
  return indexes.map((index) => {
    const { startMs = index, waitMs = 0, durationMs = 0 } = queries[index] ?? {}
    return { start: startMs, end: startMs + waitMs + durationMs }
  })
}

/** A trace can have more queries than Math.min takes arguments, so they are not spread into it. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
}

function firstOf({ indexes }: Repeated): number {
  return indexes[0] ?? 0
}

function lastOf({ indexes }: Repeated): number {
  return indexes.at(-1) ?? 0
}
