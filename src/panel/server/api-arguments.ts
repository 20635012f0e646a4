// The methods that can be asked over HTTP, and the arguments of each. Anything else is refused with what is expected.
import * as v from 'valibot'
import type { RequestFilter } from '../panel-api.ts'

const text = v.pipe(v.string(), v.maxLength(4096))
const id = v.pipe(v.string(), v.maxLength(200))
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const timeoutMs = v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))

const filter = {
  route: v.optional(text),
  hasFindings: v.optional(v.boolean()),
  hasQueries: v.optional(v.boolean()),
  process: v.optional(id),
  text: v.optional(text),
  after: v.optional(count),
  before: v.optional(count),
  limit: v.optional(v.pipe(count, v.minValue(1), v.maxValue(10_000))),
} satisfies Record<keyof RequestFilter, v.GenericSchema>

const METHODS = {
  status: v.tuple([]),
  findings: v.tuple([]),
  finding: v.tuple([text]),
  requests: v.tuple([v.optional(v.object(filter), {})]),
  request: v.tuple([id]),
  routes: v.tuple([]),
  awaitRequest: v.tuple([v.object({ ...filter, after: count, timeoutMs })]),
  verify: v.tuple([text, timeoutMs, v.optional(count)]),
  compare: v.tuple([id, id]),
  explain: v.tuple([id, count]),
  pin: v.tuple([id, v.boolean()]),
  capture: v.tuple([text, v.pipe(count, v.minValue(1), v.maxValue(100))]),
  open: v.tuple([v.object({ request: v.optional(id), finding: v.optional(text), frame: count })]),
  pageRequest: v.tuple([id]),
  pageRoutes: v.tuple([]),
  pageFindings: v.tuple([]),
  pageFinding: v.tuple([text]),
  pageReport: v.tuple([]),
  savedTrace: v.tuple([id]),
  openTraces: v.tuple([v.string()]),
} as const

export type MethodName = keyof typeof METHODS

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name)
}

/** @throws TypeError that says which argument is wrong. */
export function readArguments(method: MethodName, given: unknown): readonly unknown[] {
  const result = v.safeParse(METHODS[method] as v.GenericSchema<unknown, readonly unknown[]>, given)
  if (result.success) return result.output
  const [issue] = result.issues
  const place = v.getDotPath(issue)
  throw new TypeError(`${method}: ${place ? `argument ${place}` : 'the body'} is wrong. ${issue.message}`)
}
