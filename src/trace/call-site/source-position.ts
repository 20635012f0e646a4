// Leads from compiled code to its source by the source map beside the file, or in it, when nothing else in the process
// does so. Maps are read when a trace closes, never when a query is sent. A file that was written after the process began
// is not what runs: its map would name a wrong line, so it is not used.
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { FlattenMap, originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping'
import { processStartMs } from '../../host/real-time.ts'
import type { Frame } from '../../types/query.ts'
import { boundedMemo } from '../bounded-memo.ts'

/** The frame in the source, or the frame itself when no map is known. */
export function toSource(frame: Frame): Frame {
  return mapFrame(frame, COMPILED.test(frame.file) ? sourceMapOf(frame.file) : undefined)
}

export function mapFrame(frame: Frame, map: TraceMap | undefined): Frame {
  if (!map) return frame
  const column = Math.max(0, (frame.column ?? 1) - 1)
  const found = originalPositionFor(map, { line: frame.line, column })
  if (found.source === null) return frame
  return { ...frame, file: toPath(found.source), line: found.line, column: found.column + 1 }
}

const COMPILED = /\.[cm]?js$/
/** Files whose map, or lack of one, is remembered. A bundle is one file. */
const KNOWN_FILES = 1000
/** A larger map takes seconds to read, which no application should wait for. */
const MAP_BYTES = 64 * 1024 * 1024

const sourceMapOf = boundedMemo(KNOWN_FILES, readSourceMap)

function readSourceMap(file: string): TraceMap | undefined {
  try {
    const reference = lastReference(readIfOld(file))
    if (!reference) return undefined
    const embedded = embeddedMap(reference, file)
    if (embedded) return embedded
    const mapFile = reference.startsWith('file:')
      ? fileURLToPath(reference)
      : resolve(dirname(file), decodeURIComponent(reference))
    return FlattenMap(readIfOld(mapFile), pathToFileURL(mapFile).href)
  } catch {
    // No such file, no such map, or not a map: the line of the compiled code is true as well.
    return undefined
  }
}

/** The map that the reference itself contains; `undefined` when it names a file. */
export function embeddedMap(reference: string, file: string): TraceMap | undefined {
  const embedded = DATA_URL.exec(reference)
  if (!embedded) return undefined
  const [, encoding, data = ''] = embedded
  const json = encoding ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data)
  return FlattenMap(json, pathToFileURL(file).href)
}

/** The text of a file as it was when the process began. Throws when the file has changed since then or is too large. */
function readIfOld(file: string): string {
  const { mtimeMs, size } = statSync(file)
  if (mtimeMs > processStartMs || size > MAP_BYTES) throw new Error('not what runs, or too large')
  return readFileSync(file, 'utf8')
}

const REFERENCE = /^[ \t]*\/\/[#@] sourceMappingURL=(\S+)[ \t]*$/gm
const DATA_URL = /^data:application\/json(?:;charset=[^;,]+)?(;base64)?,(.*)$/s

/** The last reference counts, because bundles may contain the references of their parts. */
function lastReference(code: string): string | undefined {
  return [...code.matchAll(REFERENCE)].at(-1)?.[1]
}

function toPath(source: string): string {
  return source.startsWith('file:') ? fileURLToPath(source) : source
}
