// Decides which frames of a stack are the application's own code. By default these are all files outside of node_modules,
// Node.js and pg-loupe itself. An application can include more (a workspace package below node_modules) and exclude some (its
// own database layer, so that the callers of that layer are named). The decision is made only here and only once: when the
// stack of a query is read, or when a recorded call site is.
import { type MatchesPath, partOfPath } from '../../path-pattern.ts'
import type { CallSite } from '../../types/query.ts'
import type { RecordedApplication } from '../../types/trace.ts'

/**
 * Says which files are meant, by their absolute path with forward slashes: a part of it in whole folder and file names
 * (`src/db`, or `src/*-store`, where `*` stays within one name and `**` does not), a regular expression, or a function.
 */
export type PathPattern = string | RegExp | ((file: string) => boolean)

export interface ApplicationCode {
  /** Counted as application code although it lies in node_modules. */
  include?: readonly PathPattern[]
  /** Not counted as application code; wins over `include`. */
  exclude?: readonly PathPattern[]
}

/** `file` is what is named, `generated` what runs; they differ where a source map leads from one to the other. */
export type IsApplication = (file: string, generated?: string) => boolean

export function applicationRule(
  { include = [], exclude = [] }: ApplicationCode = {},
  isOwn: (file: string) => boolean = () => false,
): IsApplication {
  const included = include.map(matcher)
  const excluded = exclude.map(matcher)
  return (file, generated = file) => {
    if (isBuiltIn(file)) return false
    const paths = [...new Set([toSlashes(file), toSlashes(generated)])]
    const isAnyOf = (matchers: readonly MatchesPath[]) =>
      paths.some((path) => matchers.some((matches) => matches(path)))
    if (isAnyOf(excluded)) return false
    if (isAnyOf(included)) return true
    return !paths.some(isInstalled) && !isOwn(file) && !isOwn(generated)
  }
}

/** The part of the setting that a trace can store. `undefined` when the option was not set. */
export function recordedApplication({
  include = [],
  exclude = [],
}: ApplicationCode = {}): RecordedApplication | undefined {
  if (include.length + exclude.length === 0) return undefined
  const included = include.filter((pattern) => typeof pattern === 'string')
  const excluded = exclude.filter((pattern) => typeof pattern === 'string')
  return {
    ...(included.length > 0 ? { include: included } : {}),
    ...(excluded.length > 0 ? { exclude: excluded } : {}),
  }
}

/**
 * Gives the rule for a recorded trace. Each part of the setting that `own` says wins over what was recorded with the
 * trace. Where `own` says nothing, the recorded call sites are right as they are: they were read by the recorded
 * setting, including the functions and regular expressions that could not be written.
 */
export function recordedRule(own: ApplicationCode = {}): RecordedRule {
  const ownRule = applicationRule(own)
  const { include, exclude } = own
  return (recorded) => {
    if (recorded === undefined) return ownRule
    if (include === undefined && exclude === undefined) return () => true
    return applicationRule({
      include: include ?? recorded.include ?? [],
      exclude: exclude ?? recorded.exclude ?? [],
    })
  }
}

export type RecordedRule = (recorded: RecordedApplication | undefined) => IsApplication

/** For call sites that somebody else recorded: frames of libraries say something only where there are no others. */
export function applicationFrames(callSite: CallSite, isApplication: IsApplication): CallSite {
  const own = callSite.filter(({ file }) => isApplication(file))
  return own.length > 0 ? own : callSite
}

function matcher(pattern: PathPattern): MatchesPath {
  if (typeof pattern === 'function') return quiet(pattern)
  if (typeof pattern === 'string') return partOfPath(toSlashes(pattern))
  // A copy without its state: `g` and `y` would make every other match fail.
  const expression = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  return (path) => expression.test(path)
}

/** An error of the application's function must not cost a query its line. */
function quiet(test: (file: string) => boolean): MatchesPath {
  return (path) => {
    try {
      return test(path) === true
    } catch {
      return false
    }
  }
}

function isInstalled(path: string): boolean {
  return path.startsWith('node_modules/') || path.includes('/node_modules/')
}

/** Also what bundlers add around the modules: it has a place in the source map, but nobody wrote it. */
const BUILT_IN = /^(?:node:|<|webpack:\/\/[^/]*\/webpack\/)/

function isBuiltIn(file: string): boolean {
  return BUILT_IN.test(file)
}

function toSlashes(file: string): string {
  return file.replaceAll('\\', '/')
}
