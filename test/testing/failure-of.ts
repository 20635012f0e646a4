// Returns the error of a function that must fail, and fails itself when there was none.
import { expect } from 'vitest'
import type { QueryAssertionError } from '../../src/testing/index.ts'

export async function failureOf(fn: () => Promise<unknown>): Promise<QueryAssertionError> {
  return fn().then(
    () => expect.unreachable('it passed'),
    (error) => error,
  )
}

/** The number of the line in the file that ends in this comment. */
export function lineOf(text: string, comment: string): number {
  return (text.split(`// ${comment}\n`)[0] ?? '').split('\n').length
}
