// Finds the reporter that a format names: one of the built-in ones, or the default export of a module of the user.
import * as v from 'valibot'
import { reporters } from '../report/reporters/index.ts'
import { describeValue } from '../text/describe-value.ts'
import type { Reporter } from '../types/reporter.ts'
import { loadModule } from './load-module.ts'

export type BuiltInFormat = keyof typeof reporters

export const BUILT_IN_FORMATS = Object.keys(reporters) as BuiltInFormat[]

/** Completes "it is …" in messages. */
const FORMAT_TAKES = `one of ${BUILT_IN_FORMATS.join(', ')}, or a module such as ./my-format.js`

/** @throws Error that says which formats there are, why the module cannot be loaded, or what it exports instead. */
export function findReporter(format: string, folder = process.cwd()): Reporter {
  if (isBuiltIn(format)) return reporters[format]
  if (!isModule(format)) throw new Error(`there is no format ${format}; it is ${FORMAT_TAKES}`)
  return checkReporter(load(format, folder), format)
}

function isBuiltIn(format: string): format is BuiltInFormat {
  return Object.hasOwn(reporters, format)
}

/** A single word is no module: a mistyped format must not load the package that happens to have this name. */
function isModule(format: string): boolean {
  return /[./\\]/.test(format)
}

function load(format: string, folder: string): unknown {
  try {
    return loadModule(format, folder)
  } catch (error) {
    throw new Error(`the format ${format} cannot be loaded: ${(error as Error).message}`)
  }
}

const isFunction = v.custom<(...args: never[]) => string>(
  (value) => typeof value === 'function',
  'a function',
)
const isFlag = v.optional(v.boolean('true or false'))
const reporterShape = v.object({
  meta: v.strictObject({ name: v.string('text'), wantsTraces: isFlag, wantsComparison: isFlag }),
  render: isFunction,
  renderComparison: v.optional(isFunction),
})

function checkReporter(value: unknown, format: string): Reporter {
  const result = v.safeParse(reporterShape, value)
  if (result.success) return value as Reporter
  const [issue] = result.issues
  const path = v.getDotPath(issue)
  const got = describeValue(issue.path ? issue.path.at(-1)?.value : value)
  const wrong = path === null ? `exports ${got}` : `exports a format whose ${path} is ${got}`
  throw new Error(
    `the module ${format} ${wrong}; its default export must be { meta: { name, wantsTraces?, wantsComparison? }, ` +
      'render(report, options), renderComparison?(comparison, options) }',
  )
}

/**
 * Renders with code that may be the user's.
 *
 * @throws Error that names the format, when it throws or returns something else than text.
 */
export function renderText(format: string, render: () => string): string {
  let text: unknown
  try {
    text = render()
  } catch (error) {
    const reason = error instanceof Error ? error.message : describeValue(error)
    throw new Error(`the format ${format} failed: ${reason}`, { cause: error })
  }
  if (typeof text === 'string') return text
  throw new Error(`the format ${format} returned ${describeValue(text)}, but must return text`)
}
