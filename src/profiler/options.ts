// The options of a profiler, checked once when it is created. A wrong option fails there, with its name, its value and the
// allowed values, and never later in a request.
import * as v from 'valibot'
import { type CheckedOutputs, checkOutputs, type OutputFiles } from '../config/output-files.ts'
import type { DetectorRule, DetectorSettings } from '../detectors/detector-settings.ts'
import { detectors } from '../detectors/index.ts'
import { EDITOR_TAKES, type Editor, isEditor } from '../editor-link.ts'
import { type PanelOptions, panelOption } from '../panel/connect/panel-option.ts'
import { fingerprint } from '../sql/index.ts'
import type { SuppressEntry } from '../suppression/account.ts'
import { isDay } from '../suppression/day.ts'
import type { ApplicationCode, PathPattern } from '../trace/call-site/application-code.ts'
import type { ContextStore } from '../trace/context.ts'
import type { TraceHandle } from '../trace/trace-handle.ts'
import type { Detector, SelectedDetectors } from '../types/detector.ts'
import type { ReportListener } from '../types/reporter.ts'
import { detectorSettings, idsOf, rulesOf, takesOneOf } from './detector-options.ts'
import { describeIssue, record, wholeNumber } from './option-shapes.ts'

export interface ProfilerOptions<Rules extends readonly DetectorRule[] = readonly DetectorRule[]> {
  /** Off leaves every library untouched. Default: on, unless NODE_ENV is `production`. */
  enabled?: boolean
  /** How a query finds its trace. Default: AsyncLocalStorage. */
  context?: ContextStore<TraceHandle>
  /** Which files count as the application's own where a finding names a line. Default: all outside of node_modules. */
  application?: ApplicationCode
  /**
   * How much is captured. `full`: every query of every trace, with its line. `adaptive`: under load, traces that send what is
   * known of their route are only counted, and captured from the first query on that is not. `sampled`: a share of all
   * traces, each captured from where it becomes suspicious. Default: `adaptive`; in tests (NODE_ENV `test`) `full`, in production `sampled`.
   */
  capture?: 'full' | 'adaptive' | 'sampled'
  /** The share of traces that `sampled` looks at, from 0 to 1. Default 0.01. */
  sampleRate?: number
  /**
   * Reads keys and sizes of the tables, once, on a connection of its own. Default: on; in tests (NODE_ENV `test`), and where
   * traces are collected (PG_LOUPE_COLLECT), off: what it adds would depend on whether the process lived long enough.
   */
  catalog?: boolean
  /**
   * Options by detector, or `false` to switch one off: `{ 'n-plus-one': { minLikely: 5 } }`. Detectors of your own are listed
   * in `rules` and take options in the same way: `{ rules: [selectStar], 'select-star': { minRows: 100 } }`.
   */
  detectors?: DetectorSettings<Rules>
  /**
   * Findings to leave out, each with a reason: `{ detector: 'n-plus-one', route: 'GET /export', reason: '…', until: '2027-01-31' }`.
   * Default: none.
   */
  suppress?: readonly SuppressEntry[]
  /** Functions that receive the report of each trace when it closes. Default: none. */
  listeners?: readonly ReportListener[]
  /**
   * Says on the console, once each, what the set-up leaves out: requests without a trace, a pool that is not profiled.
   * Default: true.
   */
  hints?: boolean
  /**
   * How much the live console prints. `requests`: a line for each request that sent a query, and each finding in full the first
   * time. `findings`: only requests in which a finding is new, has grown or is on a further route. `off`: nothing.
   * Default: `requests`; in tests (NODE_ENV `test`), and where traces are collected (PG_LOUPE_COLLECT), `off`.
   */
  console?: 'requests' | 'findings' | 'off'
  /**
   * Where links to a line lead, in terminals that have links and in the HTML page: an editor (`vscode`, `cursor`, `windsurf`,
   * `zed`, `idea`, `webstorm`) or a template such as `vscode://file/{path}:{line}:{column}`. Default: to the file.
   */
  editor?: Editor
  /** Collects the queries outside of any trace in traces of their own. Default: false, they are counted only. */
  collectUntraced?: boolean
  /**
   * Puts route and action into a comment after each statement (sqlcommenter), for pg_stat_activity and server logs.
   * Default: false, statements are sent as they are.
   */
  commentTags?: boolean
  /**
   * Tells in the header `Server-Timing` of each response how many queries it took and how long, for the network panel of a
   * browser. Default: on, unless NODE_ENV is `production` or `test`.
   */
  serverTiming?: boolean
  /**
   * Files that are written, by format: `{ json: 'pg-loupe.json', './my-format.js': 'out.txt' }`. Each holds the merged report,
   * and is rewritten while traces close and at exit. `traces` is a trace file for `pg-loupe analyze`: each trace is appended
   * when it closes. Default: none.
   */
  outputs?: OutputFiles
  /**
   * Sends each trace to a live panel (`pg-loupe dev`), without values. `true` finds the panel that runs on this machine for this
   * user; a text is the address that the panel printed. Default: off, unless PG_LOUPE_PANEL is set.
   */
  panel?: boolean | string | PanelOptions
  /** Writes parameters and literals into the trace file. Default: false, no value reaches it. */
  recordValues?: boolean
  /** Milliseconds of one round trip on the production network. Findings estimate their cost there. Default: 1. */
  roundTripMs?: number
  /**
   * Whether some rows of each result are watched for the columns that the application reads. Default: yes, unless NODE_ENV
   * is `production`.
   */
  watchRows?: boolean
  limits?: {
    /** Queries kept per trace; further ones are counted. Default 10,000. */
    queriesPerTrace?: number
    /** Rows kept per query until its trace ends, to follow their values. Default 1,000. */
    rowsPerQuery?: number
    /** Bytes of parameters and results kept per trace until it ends, to follow their values. Default 16 MiB. */
    bytesPerTrace?: number
    /** Bytes of one parameter; what is larger is equal to nothing. Default 64 KiB. */
    bytesPerValue?: number
    /** Characters kept of a statement; what is longer is counted, and compared with nothing. Default 100,000. */
    statementLength?: number
    /** Traces open at once; beyond it the oldest is closed. Default 1,000. */
    openTraces?: number
    /** Findings kept in the report; those of further keys are counted. Default 5,000. */
    findings?: number
    /** Names of traces that the report lists; further ones are counted. Default 1,000. */
    routes?: number
    /** Entries of each memory that outlives a trace: call sites, statements, names. Default 2,000. */
    cacheEntries?: number
    /** Bytes of the trace file; beyond it the file is put aside as `traces.1.ndjson`, and a new one begun. Default 256 MiB. */
    traceFileBytes?: number
    /** Trace files kept, the current one among them. Default 2. */
    traceFiles?: number
  }
}

export interface CheckedOptions {
  enabled: boolean
  context: ContextStore<TraceHandle> | undefined
  application: ApplicationCode
  capture: 'full' | 'adaptive' | 'sampled'
  sampleRate: number
  catalog: boolean
  /** All detectors, and those that are switched on with their options, defaults filled in. */
  detectors: SelectedDetectors
  suppress: readonly SuppressEntry[]
  listeners: readonly ReportListener[]
  hints: boolean
  console: 'requests' | 'findings' | 'off'
  editor: Editor | undefined
  collectUntraced: boolean
  commentTags: boolean
  serverTiming: boolean
  /** Empty when the profiler is off, because no module is loaded then. */
  outputs: CheckedOutputs
  /** As it was given. `panelSettings` combines it with the environment. */
  panel: boolean | string | PanelOptions | undefined
  recordValues: boolean
  roundTripMs: number
  watchRows: boolean
  limits: Required<NonNullable<ProfilerOptions['limits']>>
}

/** Whether hints about the set-up are printed. They go to the console, as the findings do. */
export function printsHints(options: Pick<CheckedOptions, 'enabled' | 'hints' | 'console'>): boolean {
  return options.enabled && options.hints && options.console !== 'off' && !process.env.PG_LOUPE_COLLECT
}

/** Whether the console prints when no option says so. In tests and while traces are collected, a runner reports. */
export function printsByDefault(): boolean {
  return process.env.NODE_ENV !== 'test' && !process.env.PG_LOUPE_COLLECT
}

/**
 * Fills in the defaults.
 *
 * @throws TypeError that names each wrong option, what it got and what it takes.
 */
export function checkOptions(options: unknown = {}): CheckedOptions {
  const result = v.safeParse(profilerOptions(rulesOf(options)), options)
  if (!result.success) throw new TypeError(result.issues.map((issue) => describeIssue(issue)).join('\n'))
  const { outputs, ...checked } = result.output
  return {
    ...checked,
    outputs: namingOption(() => checkOutputs(checked.enabled ? outputs : {})),
  } as CheckedOptions
}

/** @throws TypeError that names the option. */
export function namingOption(check: () => CheckedOutputs): CheckedOutputs {
  try {
    return check()
  } catch (error) {
    throw new TypeError(`pg-loupe: option outputs: ${(error as Error).message}`, { cause: error })
  }
}

const MEBIBYTE = 1024 * 1024

const profilerOptions = (rules: readonly Detector[]) =>
  record({
    enabled: v.optional(v.boolean('true or false'), process.env.NODE_ENV !== 'production'),
    context: v.optional(
      v.custom<ContextStore<TraceHandle>>(isContextStore, 'an object with get, run and bind'),
    ),
    application: v.optional(
      record({ include: v.optional(pathPatterns()), exclude: v.optional(pathPatterns()) }),
      {},
    ),
    capture: v.optional(
      v.picklist(['full', 'adaptive', 'sampled'], "'full', 'adaptive' or 'sampled'"),
      defaultCapture(),
    ),
    sampleRate: v.optional(
      v.pipe(
        v.number('a number from 0 to 1'),
        v.minValue(0, 'a number from 0 to 1'),
        v.maxValue(1, 'a number from 0 to 1'),
      ),
      0.01,
    ),
    catalog: v.optional(
      v.boolean('true or false'),
      process.env.NODE_ENV !== 'test' && !process.env.PG_LOUPE_COLLECT,
    ),
    detectors: v.optional(detectorSettings(rules), {}),
    suppress: suppressEntries([...idsOf(detectors), ...idsOf(rules)]),
    listeners: v.optional(
      v.array(v.custom<ReportListener>(isFunction, 'a function'), 'an array of functions'),
      [],
    ),
    hints: v.optional(v.boolean('true or false'), true),
    console: v.optional(
      v.picklist(['requests', 'findings', 'off'], "'requests', 'findings' or 'off'"),
      printsByDefault() ? 'requests' : 'off',
    ),
    editor: v.optional(v.custom<Editor>(isEditor, EDITOR_TAKES)),
    collectUntraced: v.optional(v.boolean('true or false'), false),
    commentTags: v.optional(v.boolean('true or false'), false),
    serverTiming: v.optional(
      v.boolean('true or false'),
      process.env.NODE_ENV !== 'production' && process.env.NODE_ENV !== 'test',
    ),
    outputs: outputFiles(),
    panel: panelOption,
    recordValues: v.optional(v.boolean('true or false'), false),
    roundTripMs: v.optional(v.pipe(v.number('milliseconds'), v.minValue(0, 'milliseconds, 0 or more')), 1),
    watchRows: v.optional(v.boolean('true or false'), process.env.NODE_ENV !== 'production'),
    limits: v.optional(
      record({
        queriesPerTrace: v.optional(wholeNumber(1), 10_000),
        rowsPerQuery: v.optional(wholeNumber(0), 1000),
        bytesPerTrace: v.optional(wholeNumber(0), 16 * MEBIBYTE),
        bytesPerValue: v.optional(wholeNumber(1), 64 * 1024),
        statementLength: v.optional(wholeNumber(100), 100_000),
        openTraces: v.optional(wholeNumber(1), 1000),
        findings: v.optional(wholeNumber(1), 5000),
        routes: v.optional(wholeNumber(1), 1000),
        cacheEntries: v.optional(wholeNumber(1), 2000),
        traceFileBytes: v.optional(wholeNumber(1), 256 * MEBIBYTE),
        traceFiles: v.optional(wholeNumber(1), 2),
      }),
      {},
    ),
  })

function defaultCapture(): CheckedOptions['capture'] {
  if (process.env.NODE_ENV === 'test') return 'full'
  return process.env.NODE_ENV === 'production' ? 'sampled' : 'adaptive'
}

function suppressEntries(detectorIds: readonly string[]) {
  const selector = v.optional(v.pipe(v.string('text'), v.check(isText, 'text that is not empty')))
  return v.optional(
    v.array(
      v.pipe(
        record({
          detector: v.optional(v.picklist(detectorIds, takesOneOf(detectorIds))),
          route: selector,
          path: selector,
          fingerprint: v.optional(
            v.pipe(v.string(STATEMENT), v.check(isText, STATEMENT), v.transform(keyOfStatement)),
          ),
          reason: v.optional(v.pipe(v.string(REASON), v.trim(), v.check(isText, REASON))),
          until: v.optional(v.pipe(v.string(DAY), v.check(isDay, DAY))),
        }),
        v.forward(
          v.check((entry) => entry.reason !== undefined, REASON),
          ['reason'],
        ),
        v.check(
          (entry) => SELECTORS.some((name) => entry[name] !== undefined),
          `at least one of ${SELECTORS.join(', ')}`,
        ),
      ),
      'an array of objects with a reason',
    ),
    [],
  )
}

const REASON = 'the reason, in words'
const DAY = "a day as '2027-01-31'"
const STATEMENT = 'the 16 digits of a statement, or the statement'
const SELECTORS = ['detector', 'route', 'path', 'fingerprint'] as const

const isText = (text: string) => text.trim() !== ''

/** The statement as a report shows it has the same key. */
function keyOfStatement(text: string): string {
  return /^[0-9a-f]{16}$/.test(text) ? text : fingerprint(text).key
}

function pathPatterns() {
  return v.array(
    v.custom<PathPattern>(isPathPattern, 'a part of a path, a RegExp or a function'),
    'an array of paths, RegExps and functions',
  )
}

function isPathPattern(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== ''
  return typeof value === 'function' || value instanceof RegExp
}

function isContextStore(value: unknown): boolean {
  const store = value as Partial<ContextStore<unknown>> | null
  return [store?.get, store?.run, store?.bind].every((method) => typeof method === 'function')
}

/** Checks the shape only. `checkOutputs` looks for the formats. */
export function outputFiles() {
  return v.optional(v.record(v.string(), v.string('a file path'), 'an object of file paths by format'), {})
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
