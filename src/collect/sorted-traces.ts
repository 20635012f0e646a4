// Trace files of several processes as one sequence of traces, in the order of `sortKeyOf`, each with a new id (`http GET /
// #1`). The files are read twice: once for the sort key of every trace, then trace by trace. In memory are one trace and
// about two hundred bytes for each of the others, so a million traces need about 200 MB, however large they are.

import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { compareText } from '../text/compare-text.ts'
import { addCuts, type CutCounts, parseCut } from '../trace-file/cut-line.ts'
import { traceParser } from '../trace-file/parse-trace.ts'
import { BYTE_ORDER_MARK, LONGEST_LINE_BYTES, readLines } from '../trace-file/read-lines.ts'
import { relativeFrame } from '../trace-file/relative-frame.ts'
import type { Frame } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'
import { sortKeyOf } from './sort-key.ts'

export interface OrderedTraces {
  readonly count: number
  readonly queries: number
  /** Counts of what was left out, according to the files. */
  readonly cut: CutCounts
  /** One at a time, in order. May be called again. */
  traces(): Generator<Trace>
  /** The same as lines of a trace file, without their line breaks: all that the files hold of them. */
  lines(): Generator<string>
}

export interface TraceSource {
  /** One that can be read twice. */
  file: string
  /** Name of the input in messages about it. */
  name?: string
  /** Paths below it become relative to it. */
  folder?: string
  /** A last line that breaks off is no mistake: its process was killed. */
  mayBreakOff?: boolean
}

interface Entry {
  kind: string
  name: string
  sortKey: string
  startedAt: string
  source: TraceSource
  from: number
  bytes: number
  /** Told by who made the trace; ids of a profiler's are made anew. */
  ownId: string | undefined
}

/** `problem` is called for each line and each file that cannot be read; all others are read. */
export async function orderTraces(
  sources: readonly TraceSource[],
  problem: (message: string) => void,
): Promise<OrderedTraces> {
  const entries: Entry[] = []
  const shared = new Map<string, string>()
  const share = (text: string): string => {
    if (!shared.has(text)) shared.set(text, text)
    return shared.get(text) ?? text
  }
  let cut: CutCounts = {}
  let queries = 0

  const note = (text: string, source: TraceSource, from: number, bytes: number) => {
    const counts = parseCut(text)
    if (counts) {
      cut = addCuts(cut, counts)
      return
    }
    const trace = relativeTrace(parserOfCollected()(text), source.folder)
    const { id, kind, name, startedAt = '' } = trace
    const isMade = id.startsWith(`${kind} ${name} #`)
    queries += trace.queries.length + trace.truncated
    entries.push({
      kind,
      name: share(name),
      sortKey: sortKeyOf(trace),
      startedAt,
      source,
      from,
      bytes,
      ownId: isMade ? undefined : id,
    })
  }

  for (const source of sources) {
    try {
      const chunks = createReadStream(source.file, { highWaterMark: CHUNK_BYTES })
      for await (const { number, text, from, bytes, isEnded } of readLines(chunks)) {
        if (text?.trim() === '') continue
        try {
          if (text === undefined) throw new Error(`longer than ${LONGEST_LINE_BYTES >> 20} MB`)
          note(text, source, from, bytes)
        } catch (error) {
          if (!isEnded && source.mayBreakOff) cut = addCuts(cut, { unrecorded: 1 })
          else problem(`${source.name ?? source.file}:${number}: ${(error as Error).message}`)
        }
      }
    } catch (error) {
      problem(`cannot read ${source.name ?? source.file}: ${(error as Error).message}`)
    }
  }
  entries.sort(byPlace)

  return {
    count: entries.length,
    queries,
    cut,
    *traces() {
      const parse = parserOfCollected()
      for (const { text, id, source } of readEntries(entries)) {
        yield { ...relativeTrace(parse(text), source.folder), id }
      }
    },
    *lines() {
      for (const { text, id, source } of readEntries(entries)) {
        const { v, id: _, ...rest } = JSON.parse(text)
        yield JSON.stringify({ v, id, ...relativeTrace(rest, source.folder) })
      }
    },
  }
}

/** The profilers that collected the traces have already decided what counts as application code. */
const parserOfCollected = () => traceParser(undefined, () => () => true)

const CHUNK_BYTES = 1024 * 1024
/** Maximum number of open files. Systems allow a process a few hundred. */
const OPEN_FILES = 64

function byPlace(a: Entry, b: Entry): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.name, b.name) ||
    compareText(a.sortKey, b.sortKey) ||
    compareText(a.startedAt, b.startedAt)
  )
}

function* readEntries(
  entries: readonly Entry[],
): Generator<{ text: string; id: string; source: TraceSource }> {
  const open = new Map<string, number>()
  const descriptorOf = (file: string): number => {
    const descriptor = open.get(file) ?? openSync(file, 'r')
    open.delete(file)
    open.set(file, descriptor)
    const [oldest] = open
    if (oldest && open.size > OPEN_FILES) {
      open.delete(oldest[0])
      closeSync(oldest[1])
    }
    return descriptor
  }
  let label = ''
  let ordinal = 0
  try {
    for (const { kind, name, source, from, bytes, ownId } of entries) {
      const own = `${kind} ${name}`
      if (own !== label) ordinal = 0
      label = own
      if (ownId === undefined) ordinal++
      const text = readText(descriptorOf(source.file), from, bytes)
      yield { text, id: ownId ?? `${label} #${ordinal}`, source }
    }
  } finally {
    for (const descriptor of open.values()) closeSync(descriptor)
  }
}

function readText(descriptor: number, from: number, bytes: number): string {
  const buffer = Buffer.alloc(bytes)
  for (let read = 0; read < bytes; ) {
    const more = readSync(descriptor, buffer, read, bytes - read, from + read)
    if (more === 0) throw new Error('a trace file has become shorter while it was read')
    read += more
  }
  return buffer.toString('utf8').replace(BYTE_ORDER_MARK, '')
}

/** Takes a trace as it is read, or the object from which it is built. */
function relativeTrace<T extends Pick<Trace, 'queries'>>(trace: T, folder: string | undefined): T {
  if (folder === undefined) return trace
  const relative = (frame: Frame) => (typeof frame?.file === 'string' ? relativeFrame(frame, folder) : frame)
  return {
    ...trace,
    queries: trace.queries.map((query) => ({
      ...query,
      ...(query.callSite ? { callSite: query.callSite.map(relative) } : {}),
      ...(query.builtAt ? { builtAt: relative(query.builtAt) } : {}),
    })),
  }
}
