// Turns a captured stack into frames, innermost first, application or not. The text is read through `.stack`, so that
// whatever maps stacks in this process (--enable-source-maps, tsx, a test runner) has mapped it. What such a formatter
// was given is kept beside it: one that returns no text, throws, or maps nothing is then no loss.
import { findSourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Frame } from '../types.ts'
import { toScriptSource } from './script-maps.ts'

/** A stack as V8 holds it; reading `.stack` formats it. */
export interface CapturedStack {
  readonly stack?: unknown
}

/** A stack as the process formatted it, and as V8 handed it to a formatter of the application's. */
export interface FormattedStack {
  readonly text: unknown
  readonly sites: readonly NodeJS.CallSite[]
}

/** The frames, mapped as far as this process maps by itself; a source map beside the file has not been asked. */
export function framesOf({ text, sites }: FormattedStack): Frame[] {
  const frames = typeof text === 'string' ? parseStack(text) : []
  // Without a formatter, nobody but Node.js itself has mapped what V8 says.
  if (sites.length === 0) return frames.map(toScriptSource)
  const raw = sites.flatMap((site) => frameOfSite(site) ?? [])
  if (frames.length === 0) return raw.map(mapLoaded)
  const unmapped = new Set(raw.map(placeOf))
  return frames.map((frame) => (unmapped.has(placeOf(frame)) ? mapLoaded(frame) : frame))
}

type Formatter = (error: unknown, sites: NodeJS.CallSite[]) => unknown

export function formatStack(captured: CapturedStack): FormattedStack {
  const formatter = Error.prepareStackTrace as Formatter | undefined
  let sites: NodeJS.CallSite[] = []
  const listening =
    typeof formatter === 'function' &&
    Reflect.set(Error, 'prepareStackTrace', (error: unknown, callSites: NodeJS.CallSite[]) => {
      sites = callSites
      return formatter.call(Error, error, callSites)
    })
  try {
    const text = captured.stack
    return { text, sites: sites.length === 0 ? sitesAmong(text) : sites }
  } catch {
    return { text: undefined, sites }
  } finally {
    if (listening) Reflect.set(Error, 'prepareStackTrace', formatter)
  }
}

/** Formatters that hand out V8's call sites do so as an array. */
function sitesAmong(value: unknown): NodeJS.CallSite[] {
  if (!Array.isArray(value)) return []
  return value.filter((site) => typeof (site as Partial<NodeJS.CallSite> | null)?.getFileName === 'function')
}

function frameOfSite(site: NodeJS.CallSite): Frame | undefined {
  const file = site.getFileName() ?? site.getEvalOrigin?.()
  const line = site.getLineNumber()
  if (!file || !line) return undefined
  return makeFrame(file, line, site.getColumnNumber() ?? 1, site.getFunctionName() ?? undefined)
}

/** Frames of V8's text: `at fn (file:1:2)`, `at async fn (file:1:2)`, `at file:1:2`, `at new Thing [as alias] (file:1:2)`. */
function parseStack(stack: string): Frame[] {
  return stack.split('\n').flatMap((line) => parseFrame(line) ?? [])
}

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

function makeFrame(location: string, line: number, column: number, name: string | undefined): Frame {
  const frame: Frame = { file: toPath(location), line, column }
  const alias = name?.endsWith(']') ? name.indexOf(' [as ') : -1
  const shortName = (alias < 0 ? name : name?.slice(0, alias))?.replace(/^(?:Object|Module|_)\.(?=\w)/, '')
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
function mapLoaded(frame: Frame): Frame {
  const entry = findSourceMap(frame.file)?.findEntry(frame.line - 1, (frame.column ?? 1) - 1)
  if (!entry || !('originalSource' in entry) || typeof entry.originalSource !== 'string')
    return toScriptSource(frame)
  return {
    ...frame,
    file: toPath(entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  }
}

function placeOf({ file, line, column }: Frame): string {
  return `${file}:${line}:${column}`
}
