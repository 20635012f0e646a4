// The source at a frame of a stack, to be asked for the calls and loops around it. It is read when a trace closes and
// only for queries that were repeated; what is not at hand, or not what runs, is not known.
import { readTokens, type SourceTokens, tokenAt } from '../../source/tokens.ts'
import type { Vocabulary } from '../../source/vocabulary.ts'
import type { Frame, QuerySource } from '../../types/query.ts'
import { readIfOld } from '../call-site/source-position.ts'
import { functionsAround } from './enclosing-functions.ts'
import { isRepeatedAt } from './repeated-at.ts'
import { awaitsSeveralCalls, combinedCall } from './source-awaited.ts'
import { callsNext } from './source-next.ts'
import { readQuerySource } from './source-query.ts'

/** Files whose tokens are remembered: the lines of one loop are in few. */
const KNOWN_FILES = 20
/** A bundle that is larger takes too long to be read while an application runs. */
const LONGEST_SOURCE = 2_000_000

interface Source {
  text: string
  tokens: SourceTokens
}

const known = new Map<string, Source | undefined>()

function sourceOf(file: string): Source | undefined {
  if (known.has(file)) return known.get(file)
  if (known.size >= KNOWN_FILES) known.clear()
  const source = readSource(file)
  known.set(file, source)
  return source
}

function readSource(file: string): Source | undefined {
  try {
    const text = readIfOld(file)
    return text.length > LONGEST_SOURCE ? undefined : { text, tokens: readTokens(text) }
  } catch {
    return undefined
  }
}

/** Whether something in the source repeats what stands here; `undefined` where the source cannot be read. */
export function isRepeated(frame: Frame): boolean | undefined {
  return at(frame, isRepeatedAt)
}

/** Names the functions around this line by where they begin, innermost first; none where the source cannot be read. */
export function enclosingFunctions(frame: Frame): readonly string[] {
  const starts = at(frame, functionsAround) ?? []
  return starts.map((start) => `${frame.file} ${start}`)
}

/** The word at this line and column: the name that is called there. */
export function wordAt(frame: Frame): string | undefined {
  return at(frame, ({ texts }, position) => texts[position])
}

/** What the source shows of the call at this frame that sent a query; `undefined` where it shows none. */
export function querySource(frame: Frame, vocabulary: Vocabulary): QuerySource | undefined {
  const key = `${frame.file}:${frame.line}:${frame.column}`
  if (knownQueries.has(key)) return knownQueries.get(key)
  if (knownQueries.size >= KNOWN_QUERIES) knownQueries.clear()
  const source = at(frame, (tokens, position, text) =>
    readQuerySource(tokens, text, position, frame.file, vocabulary),
  )
  knownQueries.set(key, source)
  return source
}

/** Calls whose source is remembered; each was read through its whole file. */
const KNOWN_QUERIES = 1000
const knownQueries = new Map<string, QuerySource | undefined>()

/** Of the calls that this frame awaits together, the frame of the one with this number. */
export function combinedFrame(frame: Frame, index: number): Frame | 'loop' | 'unknown' {
  return (
    at(frame, (tokens, position) => {
      const call = combinedCall(tokens, position, index)
      if (typeof call === 'string') return call
      const { at: start, ...name } = call
      return { ...frame, ...name, ...placeOf(tokens, start) }
    }) ?? 'unknown'
  )
}

/** Whether this frame calls `next()` of a chain of middleware. In a loop it would be something else of that name. */
export function handsOn(frame: Frame): boolean {
  return (
    at(frame, (tokens, position) => callsNext(tokens, position) && !isRepeatedAt(tokens, position)) ?? false
  )
}

/** Whether what this frame awaits may be one of several calls, though the stack gives it no number. */
export function awaitsOneOfSeveral(frame: Frame): boolean {
  return at(frame, awaitsSeveralCalls) ?? false
}

function at<Answer>(
  { file, line, column }: Frame,
  ask: (tokens: SourceTokens, position: number, text: string) => Answer,
): Answer | undefined {
  const source = sourceOf(file)
  const position = source ? tokenAt(source.tokens, line, column) : -1
  return source && position >= 0 ? ask(source.tokens, position, source.text) : undefined
}

function placeOf({ lines }: SourceTokens, start: number): { line: number; column: number } {
  let low = 0
  let high = lines.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((lines[middle] as number) <= start) low = middle
    else high = middle
  }
  return { line: low + 1, column: start - (lines[low] as number) + 1 }
}
