// Checks the options of assertions before anything runs. Options and profiler are both optional, so the first step is to find
// out which of the two was given.
import * as v from 'valibot'
import { assertProfiler, defaultProfiler } from '../profiler/default-profiler.ts'
import { describeIssue } from '../profiler/option-shapes.ts'
import type { Profiler } from '../profiler/profiler.ts'

/** Accepts `(fn, options, profiler)`, `(fn, profiler)`, `(fn, options)` and `(fn)`. */
export function optionsAndProfiler<Options extends object>(
  first: Options | Profiler | undefined,
  second: Profiler | undefined,
): [Options, Profiler] {
  if (second === undefined && isProfiler(first)) return [{} as Options, first]
  return [(first ?? {}) as Options, second ?? defaultProfiler()]
}

/** @throws TypeError that names each wrong option of `caller`, its value and the allowed values. */
export function checkAssertion<Schema extends v.GenericSchema>(
  caller: string,
  schema: Schema,
  options: unknown,
  profiler: Profiler,
): v.InferOutput<Schema> {
  assertProfiler(profiler, caller)
  const result = v.safeParse(schema, options)
  if (result.success) return result.output
  throw new TypeError(result.issues.map((issue) => describeIssue(issue, caller)).join('\n'))
}

function isProfiler(value: unknown): value is Profiler {
  return typeof (value as Profiler | null | undefined)?.startTrace === 'function'
}
