// Answers questions about the source at a frame of a stack: which calls, loops and functions are around it. When the source
// cannot be read, or is not what runs, the answer is `undefined` or the careful one.
import { type SourceTokens, tokenAt } from '../../source/tokens.ts'
import type { Vocabulary } from '../../source/vocabulary.ts'
import type { Frame, QuerySource } from '../../types/query.ts'
import { boundedMemo } from '../bounded-memo.ts'
import { awaitsSeveralCalls, combinedCall } from './awaited-calls.ts'
import { callsNext } from './calls-next.ts'
import { functionsAround } from './enclosing-functions.ts'
import { readQuerySource } from './query-source.ts'
import { isRepeatedAt } from './repeated-at.ts'
import { sourceFile } from './source-files.ts'

/** Whether something in the source repeats the call at this frame; `undefined` when the source is unknown. */
export function isRepeated(frame: Frame): boolean | undefined {
  return at(frame, isRepeatedAt)
}

/** Names the functions around this line by where they begin, innermost first. Returns none when the source is unknown. */
export function enclosingFunctions(frame: Frame): readonly string[] {
  const starts = at(frame, functionsAround) ?? []
  return starts.map((start) => `${frame.file} ${start}`)
}

/** The word at this line and column: the name that is called there. */
export function wordAt(frame: Frame): string | undefined {
  return at(frame, ({ texts }, position) => texts[position])
}

/** Calls whose source is remembered. Reading one goes through its whole file. */
const KNOWN_QUERIES = 1000

const knownQuerySource = boundedMemo(
  KNOWN_QUERIES,
  ({ frame, vocabulary }: { frame: Frame; vocabulary: Vocabulary }) =>
    at(frame, (tokens, position, text) => readQuerySource(tokens, text, position, frame.file, vocabulary)),
  ({ frame: { file, line, column } }) => `${file}:${line}:${column}`,
)

/** The source of the call at this frame that sent a query; `undefined` when it shows no such call. */
export function querySource(frame: Frame, vocabulary: Vocabulary): QuerySource | undefined {
  return knownQuerySource({ frame, vocabulary })
}

/** The frame of the call with this number among those that this frame awaits together. */
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

/** Whether this frame calls `next()` of a chain of middleware. In a loop, `next` is another function of that name. */
export function handsOn(frame: Frame): boolean {
  return (
    at(frame, (tokens, position) => callsNext(tokens, position) && !isRepeatedAt(tokens, position)) ?? false
  )
}

/** Whether this frame may await one of several calls, though the stack gives no number for it. */
export function awaitsOneOfSeveral(frame: Frame): boolean {
  return at(frame, awaitsSeveralCalls) ?? false
}

function at<Answer>(
  { file, line, column }: Frame,
  ask: (tokens: SourceTokens, position: number, text: string) => Answer,
): Answer | undefined {
  const source = sourceFile(file)
  if (!source?.isWhatRuns) return undefined
  const position = tokenAt(source.tokens, line, column)
  return position >= 0 ? ask(source.tokens, position, source.text) : undefined
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
