// Reads trace files as they are needed, trace by trace. A line that is no trace is told with its file and its number, and
// the others are still read.
import { createReadStream } from 'node:fs'
import { type ApplicationCode, recordedRule } from '../trace/call-site/application-code.ts'
import type { Trace } from '../types/trace.ts'
import { type CutCounts, parseCut } from './cut-line.ts'
import { type NoteQueries, traceParser } from './parse-trace.ts'
import { LONGEST_LINE_BYTES, readLines } from './read-lines.ts'

export interface ReadingListener {
  /** A line or a file that could not be read. */
  problem(message: string): void
  /** Called once for each line that counts what was left out. */
  cut?(counts: CutCounts): void
  /** Bytes read so far. */
  progress?(bytes: number): void
}

/** `-` is `standardInput`. The option `application` takes precedence over the recorded one. */
export async function* readTraces(
  files: readonly string[],
  listener: ReadingListener,
  note?: NoteQueries,
  application?: ApplicationCode,
  standardInput: AsyncIterable<Buffer> = process.stdin,
): AsyncGenerator<Trace> {
  const parse = traceParser(note, recordedRule(application))
  let bytes = 0
  const count = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length
      listener.progress?.(bytes)
      yield chunk
    }
  }
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file
    try {
      for await (const { number, text } of readLines(count(file === '-' ? standardInput : open(file)))) {
        if (text?.trim() === '') continue
        let trace: Trace | undefined
        try {
          if (text === undefined) throw new Error(`longer than ${LONGEST_LINE_BYTES >> 20} MB`)
          const cut = parseCut(text)
          if (cut) listener.cut?.(cut)
          else trace = parse(text)
        } catch (error) {
          listener.problem(`${name}:${number}: ${(error as Error).message}`)
        }
        if (trace) yield trace
      }
    } catch (error) {
      listener.problem(`cannot read ${name}: ${(error as Error).message}`)
    }
  }
}

function open(file: string): AsyncIterable<Buffer> {
  return createReadStream(file, { highWaterMark: CHUNK_BYTES })
}

const CHUNK_BYTES = 1024 * 1024
