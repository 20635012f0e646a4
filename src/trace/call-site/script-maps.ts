// The source maps of scripts that a loader compiled in memory, as V8 was told of them. They are asked for only where a file
// of TypeScript runs under a loader of ES modules and its lines are not mapped: loaders that work in a thread of their own
// (ts-node/esm, @swc-node/register/esm-register) map no stack. V8's debugger is switched on for that moment, in which no
// other code runs, and off again. It refuses to look in processes without such a loader.
import { pathToFileURL } from 'node:url'
import type { TraceMap } from '@jridgewell/trace-mapping'
import type { Frame } from '../../types/query.ts'
import { embeddedMap, mapFrame } from './source-position.ts'

/** The options that bring such a loader. */
const LOADER = /--(?:experimental-)?loader\b|--import\b/
const TYPESCRIPT = /\.[cm]?tsx?$/
/** Files whose map, or lack of one, is remembered. */
const KNOWN_FILES = 1000

/** Of each file, where its map is: as a rule a data URL. */
const references = new Map<string, string>()
const maps = new Map<string, TraceMap | undefined>()
/** To look at all scripts takes a tenth of a second in a large application, once for each time that it has loaded more. */
const MOST_LOOKS = 20
let looksLeft = MOST_LOOKS

/** Where a frame that nothing has mapped stands in the source; the frame itself where no map tells. */
export function toScriptSource(frame: Frame): Frame {
  if (!TYPESCRIPT.test(frame.file) || !isUnderLoader()) return frame
  return mapFrame(frame, mapOf(frame.file))
}

function isUnderLoader(): boolean {
  const { sourceMapsEnabled } = process as { sourceMapsEnabled?: boolean }
  return !sourceMapsEnabled && LOADER.test(`${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS}`)
}

function mapOf(file: string): TraceMap | undefined {
  if (maps.has(file)) return maps.get(file)
  if (maps.size >= KNOWN_FILES) maps.clear()
  const map = readMap(file)
  maps.set(file, map)
  return map
}

/** Does nothing where this Node.js has no inspector, or may not use it, and where what a loader says is no map. */
function readMap(file: string): TraceMap | undefined {
  try {
    const { href } = pathToFileURL(file)
    // A file that was loaded since is not among them.
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

/** V8 tells of all scripts there are before the call returns. */
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
    // Types were stripped, and lines are what they were.
    if (references.size === 0) looksLeft = 0
  } finally {
    session.disconnect()
  }
}
