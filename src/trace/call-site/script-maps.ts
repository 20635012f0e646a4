// The source maps of scripts that a loader compiled in memory, as V8 knows them. V8 is asked only when a TypeScript file runs
// under a loader of ES modules and its lines are not mapped: loaders that work in a thread of their own (ts-node/esm,
// @swc-node/register/esm-register) map no stack. V8's debugger is on for the time of the question, in which no other code
// runs. In processes without such a loader V8 is never asked.
import { pathToFileURL } from 'node:url'
import type { TraceMap } from '@jridgewell/trace-mapping'
import type { Frame } from '../../types/query.ts'
import { boundedMemo } from '../bounded-memo.ts'
import { embeddedMap, mapFrame } from './source-position.ts'

/** The options that load such a loader. */
const LOADER = /--(?:experimental-)?loader\b|--import\b/
const TYPESCRIPT = /\.[cm]?tsx?$/
/** Files whose map, or lack of one, is remembered. */
const KNOWN_FILES = 1000

/** The reference of each file to its map, usually a data URL. */
const references = new Map<string, string>()
/** Reading all scripts takes 0.1 s in a large application. It is done again when the application has loaded more files. */
const MOST_LOOKS = 20
let looksLeft = MOST_LOOKS

/** The place in the source of a frame that nothing has mapped, or the frame itself when no map is known. */
export function toScriptSource(frame: Frame): Frame {
  if (!TYPESCRIPT.test(frame.file) || !isUnderLoader()) return frame
  return mapFrame(frame, mapOf(frame.file))
}

function isUnderLoader(): boolean {
  const { sourceMapsEnabled } = process as { sourceMapsEnabled?: boolean }
  return !sourceMapsEnabled && LOADER.test(`${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS}`)
}

const mapOf = boundedMemo(KNOWN_FILES, readMap)

/** Returns nothing when this Node.js has no inspector or may not use it, and when the reference leads to no map. */
function readMap(file: string): TraceMap | undefined {
  try {
    const { href } = pathToFileURL(file)
    // The file may have been loaded after the last look.
    if (!references.has(href) && looksLeft-- > 0) readReferences()
    const reference = references.get(href)
    return reference === undefined ? undefined : embeddedMap(reference, file)
  } catch {
    return undefined
  }
}

interface ScriptParsed {
  params: { url: string; sourceMapURL?: string }
}

/** V8 reports all scripts before `Debugger.enable` returns. */
function readReferences(): void {
  const { Session } = process.getBuiltinModule('node:inspector')
  const session = new Session()
  session.connect()
  try {
    session.on('Debugger.scriptParsed', ({ params: { url, sourceMapURL } }: ScriptParsed) => {
      if (sourceMapURL && TYPESCRIPT.test(url) && references.size < KNOWN_FILES) {
        references.set(url, sourceMapURL)
      }
    })
    session.post('Debugger.enable')
    session.post('Debugger.disable')
    // The types were stripped in place, so the lines are those of the source.
    if (references.size === 0) looksLeft = 0
  } finally {
    session.disconnect()
  }
}
