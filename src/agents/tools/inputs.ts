// The inputs that several tools share.
import * as v from 'valibot'

export const keyInput = v.pipe(
  v.string(),
  v.minLength(1),
  v.description('The key of a finding, or an unambiguous beginning of it.'),
)

export const requestInput = v.pipe(
  v.string(),
  v.minLength(1),
  v.description('The id of a request, or an unambiguous beginning of it.'),
)

export function afterInput(description: string) {
  return v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.description(description)))
}

/** Clients end a call after a minute, unless they are told otherwise. */
const LONGEST_SECONDS = 50
const DEFAULT_SECONDS = 20

export const waitInput = v.optional(
  v.pipe(
    v.number(),
    v.minValue(0),
    v.maxValue(LONGEST_SECONDS),
    v.description(`How long to wait. Default ${DEFAULT_SECONDS}.`),
  ),
)

export function waitMs(seconds: number = DEFAULT_SECONDS): number {
  return seconds * 1000
}
