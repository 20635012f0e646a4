// A test brings its own queries: rows it makes, one after the other, and looks at afterwards. A finding about those says
// nothing of the application. In a trace that tells the file of its test, findings count only where the stacks show that
// the application did it: a query that no application code sent is the test's own, and what is repeated must have been
// repeated by the application, not by a test that called it again and again. Where that cannot be seen, nothing is said.
import type { Finding, Occurrence } from '../types/finding.ts'
import type { CallSite, Frame } from '../types/query.ts'
import type { Trace } from '../types/trace.ts'

export function isOfTest({ occurrences }: Pick<Finding, 'occurrences'>, trace: Trace): boolean {
  if (!isTestRun(trace)) return false
  const isTest = testCodeOf(trace)
  return occurrences.every((occurrence) => !isOfApplication(occurrence, trace, isTest))
}

/** The queries that a test sent itself, outside of requests: the test reads their rows. */
export function isTestRun({ kind, labels }: Trace): boolean {
  return kind === 'test' && labels?.testFile !== undefined
}

/** The same trace, of which no query is taken for the test's own. */
export function withoutTestFile({ labels, ...trace }: Trace): Trace {
  const { testFile: _testFile, ...rest } = labels ?? {}
  return { ...trace, labels: rest }
}

type IsTest = (frame: Frame) => boolean

/** Where tests and what they are made of lie: `test/`, `__tests__/`, `spec/`, `factories/`, and `orders.test.ts` anywhere. */
const TEST_FOLDER = /(?:^|\/)(?:__)?(?:tests?|specs?|e2e|fixtures?|factor(?:y|ies)|mocks?)(?:__)?\//i
const TEST_FILE = /[._-](?:test|spec)\.[cm]?[jt]sx?$/i

function testCodeOf({ labels, queries }: Trace): IsTest {
  const testFile = labels?.testFile ?? ''
  const isTestFile = (file: string) => file === testFile || file.endsWith(`/${testFile}`)
  const frame = queries.flatMap(({ callSite = [] }) => callSite).find(({ file }) => isTestFile(slashed(file)))
  // A project may itself lie below a folder named `test`; of what lies outside of it, folders say nothing.
  const root = frame && slashed(frame.file).slice(0, -testFile.length)
  return ({ file }) => {
    const path = slashed(file)
    if (isTestFile(path) || TEST_FILE.test(path)) return true
    if (root ? !path.startsWith(root) : ABSOLUTE.test(path)) return false
    return TEST_FOLDER.test(path.slice(root?.length))
  }
}

const ABSOLUTE = /^(?:[a-z]:)?\//i

function slashed(file: string): string {
  return file.replaceAll('\\', '/')
}

function isOfApplication(occurrence: Occurrence, trace: Trace, isTest: IsTest): boolean {
  const sites = occurrence.queries.map((index) => trace.queries[index]?.callSite ?? [])
  if (!sites.every((site) => site.some((frame) => !isTest(frame)))) return false
  if (sites.length === 1 && occurrence.parent === undefined) return true
  const before = occurrence.parent ?? firstOfTransaction(occurrence.queries, trace)
  const cause = before === undefined ? [] : [trace.queries[before]?.callSite ?? []]
  return partInApplication([...cause, ...sites], isTest)
}

/**
 * Seen from the test, the calls of one of its lines part where the repetition is: inside one function of the application,
 * or, when already the lines or the functions they call differ, in the test. Stacks that never part do not tell.
 */
function partInApplication(sites: readonly CallSite[], isTest: IsTest): boolean {
  const paths = sites.map((site) => site.toReversed())
  const [first = []] = paths
  const depth = first.findIndex((frame, at) => !paths.every((path) => isSameCall(path[at], frame, isTest)))
  const from = first[depth]
  if (!from) return false
  return paths.every((path) => {
    const frame = path[depth]
    return frame && !isTest(frame) && frame.file === from.file && frame.function === from.function
  })
}

/** Before its first await a function is called from one column of the test's line, and after it from another. */
function isSameCall(a: Frame | undefined, b: Frame, isTest: IsTest): boolean {
  return a?.file === b.file && a.line === b.line && (a.column === b.column || isTest(b))
}

/** The query that opened the transaction that all of them are in. */
function firstOfTransaction(queries: readonly number[], trace: Trace): number | undefined {
  const numbers = new Set(queries.map((index) => trace.queries[index]?.transaction))
  const [transaction] = numbers
  if (numbers.size !== 1 || transaction === undefined) return undefined
  return trace.queries.findIndex((query) => query.transaction === transaction)
}
