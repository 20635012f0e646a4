// Converts a captured stack into frames, innermost first, of the application and others. The text is read through `.stack`,
// so that tools that map stacks in this process (--enable-source-maps, tsx, a test runner) have mapped it. The input of such
// a formatter is kept as well, in case it returns no text, throws, or maps nothing.
import { AssertionError } from 'node:assert'
import { findSourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Frame } from '../../types/query.ts'
import { toScriptSource } from './script-maps.ts'

/** A stack as V8 holds it; reading `.stack` formats it. */
export interface CapturedStack {
  readonly stack?: unknown
}

/** The used methods of V8's call sites. NodeJS.CallSite would make the published types depend on @types/node. */
interface V8CallSite {
  getFunctionName(): string | null
  getFileName(): string | null | undefined
  getLineNumber(): number | null
  getColumnNumber(): number | null
  getEvalOrigin?(): string | undefined
  isAsync?(): boolean
  getPromiseIndex?(): number | null
}

/** A stack as the process formatted it, and as V8 handed it to a formatter of the application's. */
export interface FormattedStack {
  readonly text: unknown
  readonly sites: readonly V8CallSite[]
}

/** A frame with V8's information about its call. */
export interface StackFrame extends Frame {
  /** The file that runs, where `file` is its source: packages bring maps to sources that seem to lie outside of them. */
  ran?: string
  /** True when the frame waits at an `await`, which is then its position, for the frames before it. */
  awaits?: true
  /** Number of the awaited value among those of Promise.all, allSettled or any. -1 when such a call is nested in another. */
  element?: number
  /** True for the outermost frame when its caller, which is unknown, awaits it by a number in Promise.all. */
  isLost?: true
  /** True when the frame runs Promise.all, which reads the `then` of the frames before it. */
  combines?: true
}

/** The frames, mapped as far as this process maps by itself; a source map beside the file has not been asked. */
export function framesOf({ text, sites }: FormattedStack): StackFrame[] {
  const frames = typeof text === 'string' ? parseStack(text, sites) : []
  // Without a formatter, nobody but Node.js itself has mapped what V8 says.
  if (sites.length === 0) return frames.map(toScriptSource)
  const raw = joined(sites.map(lineOfSite))
  if (frames.length === 0) return raw.map(mapLoaded)
  const unmapped = new Set(raw.map(placeOf))
  return frames.map((frame) => (unmapped.has(placeOf(frame)) ? mapLoaded(frame) : frame))
}

type Formatter = (error: unknown, sites: V8CallSite[]) => unknown

export function formatStack(captured: CapturedStack): FormattedStack {
  const formatter = formatterInForce()
  let sites: V8CallSite[] = []
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const listening =
    typeof formatter === 'function' &&
    Reflect.set(Error, 'prepareStackTrace', (error: unknown, callSites: V8CallSite[]) => {
      sites = callSites
      return formatter.call(Error, error, callSites)
    })
  try {
    const text = captured.stack
    return { text, sites: sites.length === 0 ? sitesAmong(text) : sites }
  } catch {
    return { text: undefined, sites }
  } finally {
    if (listening && before) Reflect.set(Error, 'prepareStackTrace', formatter)
    else if (listening) Reflect.deleteProperty(Error, 'prepareStackTrace')
  }
}

/**
 * The formatter of Node.js itself. A sandbox (jest) has another one, which is in force while the sandbox has none of its own.
 */
const MainError = Object.getPrototypeOf(AssertionError) as ErrorConstructor

/**
 * Node.js 20 maps stacks in a place where nobody can see the files that run. There the stack is asked for as it is, and
 * mapped here by the same maps.
 */
function formatterInForce(): Formatter | undefined {
  const formatter = (Error.prepareStackTrace ?? MainError.prepareStackTrace) as Formatter | undefined
  if (formatter !== undefined) return formatter
  const { sourceMapsEnabled } = process as { sourceMapsEnabled?: boolean }
  return sourceMapsEnabled ? withoutMaps : undefined
}

const withoutMaps: Formatter = (_error, sites) => sites.map((site) => `    at ${site}`).join('\n')

/** Formatters that hand out V8's call sites do so as an array. */
function sitesAmong(value: unknown): V8CallSite[] {
  if (!Array.isArray(value)) return []
  return value.filter((site) => typeof (site as Partial<V8CallSite> | null)?.getFileName === 'function')
}

/** The content of one line of a stack: a frame, or information about the next frame. */
type StackLine = StackFrame | { awaitsElement: number } | { combines: true } | undefined

function lineOfSite(site: V8CallSite): StackLine {
  const index = site.getPromiseIndex?.()
  if (typeof index === 'number') return { awaitsElement: index }
  const name = site.getFunctionName() ?? undefined
  const file = site.getFileName() ?? site.getEvalOrigin?.()
  const line = site.getLineNumber()
  if (!file || !line) return COMBINATOR.test(name ?? '') ? { combines: true } : undefined
  const frame = makeFrame(file, line, site.getColumnNumber() ?? 1, name)
  return waits(site) ? { ...frame, awaits: true } : frame
}

const COMBINATOR = /^(?:all|allSettled|any|race)$/

function joined(lines: readonly StackLine[]): StackFrame[] {
  let note: Pick<StackFrame, 'element' | 'combines'> = {}
  const frames = lines.flatMap((line) => {
    if (line === undefined) return []
    if ('file' in line) {
      const frame = { ...line, ...note }
      note = {}
      return [frame]
    }
    note = 'combines' in line ? line : { element: note.element === undefined ? line.awaitsElement : -1 }
    return []
  })
  const outermost = frames.at(-1)
  if (outermost && note.element !== undefined) outermost.isLost = true
  return frames
}

/** Frames of V8's text: `at fn (file:1:2)`, `at async fn (file:1:2)`, `at file:1:2`, `at new Thing [as alias] (file:1:2)`. */
function parseStack(stack: string, sites: readonly V8CallSite[]): StackFrame[] {
  const lines = stack.split('\n').filter((line) => AT.test(line))
  const isPaired = lines.length === sites.length
  return joined(
    lines.map((line, index) => {
      const read = parseLine(line)
      const site = isPaired ? sites[index] : undefined
      return site && read && 'file' in read ? withSite(read, site) : read
    }),
  )
}

/**
 * Formatters that map do not say what runs, may forget to say which frames wait, and take names from their maps: jest gives
 * a function the name of what it calls.
 */
function withSite({ function: _, ...frame }: StackFrame, site: V8CallSite): StackFrame {
  const ran = toPath(site.getFileName() ?? frame.file)
  const name = parseFrame(`at ${site}`)?.function
  return {
    ...frame,
    ...(name === undefined ? {} : { function: name }),
    ...(ran === frame.file ? {} : { ran }),
    ...(waits(site) ? { awaits: true } : {}),
  }
}

const AT = /^\s*at /

function waits(site: V8CallSite): boolean {
  return site.isAsync?.() === true
}

function parseLine(line: string): StackLine {
  const element = ELEMENT.exec(line)
  if (element) return { awaitsElement: Number(element[1]) }
  if (COMBINES.test(line)) return { combines: true }
  const frame = parseFrame(line)
  return frame && AWAITS.test(line) ? { ...frame, awaits: true } : frame
}

const AWAITS = /^\s*at async /
const ELEMENT = /^\s*at async Promise\.\w+ \(index (\d+)\)/
const COMBINES = /^\s*at (?:Function|Promise)\.(?:all|allSettled|any|race) \(<anonymous>\)/

function parseFrame(line: string): Frame | undefined {
  const [start] = /^\s*at (?:async )?/.exec(line) ?? []
  if (start === undefined) return undefined
  const place = line.slice(start.length)
  const evaluated = placeOfEval(place)
  if (evaluated) return evaluated
  const end = /:(\d+):(\d+)\)?$/.exec(place)
  if (!end) return undefined
  const before = place.slice(0, end.index)
  const bracket = before.indexOf(' (')
  const hasName = bracket > 0 && bracket + 2 < before.length
  const name = hasName ? before.slice(0, bracket) : undefined
  const location = hasName ? before.slice(bracket + 2) : before
  return location === '' ? undefined : makeFrame(location, Number(end[1]), Number(end[2]), name)
}

/** `at eval (eval at load (file:1:2), <anonymous>:1:1)`: the place that can be opened is where eval was called. */
function placeOfEval(place: string): Frame | undefined {
  if (!/\beval at /.test(place)) return undefined
  const [, file = '', row, column] =
    /^(.+?):(\d+):(\d+)\)/.exec(place.slice(place.lastIndexOf('(') + 1)) ?? []
  return row === undefined ? undefined : makeFrame(file, Number(row), Number(column), undefined)
}

/** V8 names functions after what holds them: `exports` is in an object, and jest 28 and 29 wrap a module in `Object.<anonymous>`. */
const MODULE_PREFIX = /^(?:Object\.<anonymous>\.|(?:Object|Module|_)\.(?=\w))/

function makeFrame(location: string, line: number, column: number, name: string | undefined): Frame {
  const frame: Frame = { file: toPath(location), line, column }
  const alias = name?.endsWith(']') ? name.indexOf(' [as ') : -1
  const shortName = (alias < 0 ? name : name?.slice(0, alias))?.replace(MODULE_PREFIX, '')
  if (shortName && shortName !== '<anonymous>' && shortName !== 'eval') frame.function = shortName
  return frame
}

function toPath(location: string): string {
  if (!location.startsWith('file:')) return location
  try {
    return fileURLToPath(location.replace(/[?#].*$/s, ''))
  } catch {
    return location
  }
}

/**
 * Maps by the source map that Node.js kept when it loaded the file, which it does with --enable-source-maps and tsx, or by
 * what V8 knows of the script.
 */
function mapLoaded(frame: StackFrame): StackFrame {
  const entry = findSourceMap(frame.file)?.findEntry(frame.line - 1, (frame.column ?? 1) - 1)
  if (!entry || !('originalSource' in entry) || typeof entry.originalSource !== 'string')
    return toScriptSource(frame)
  return {
    ...frame,
    ran: frame.ran ?? frame.file,
    file: toPath(entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  }
}

function placeOf({ file, line, column }: Frame): string {
  return `${file}:${line}:${column}`
}
