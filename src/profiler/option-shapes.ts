// The shapes that options are made of, and the sentence that says what is wrong with one.
import * as v from 'valibot'
import { describeValue } from '../text/describe-value.ts'
import { hideToken } from '../text/hide-token.ts'

/** An object with these properties and no others. */
export function record<Entries extends v.ObjectEntries>(entries: Entries) {
  const names = Object.keys(entries).join(', ')
  return v.strictObject(entries, ({ expected }) =>
    expected === 'never' ? `one of ${names}` : `an object with ${names}`,
  )
}

export function wholeNumber(least: number) {
  const takes = `a whole number of at least ${least}`
  return v.pipe(v.number(takes), v.safeInteger(takes), v.minValue(least, takes))
}

/** Describes a wrong option in one sentence. `caller` is the function that got the options, where it is not obvious. */
export function describeIssue(issue: v.BaseIssue<unknown>, caller?: string): string {
  const by = caller === undefined ? 'pg-loupe' : `pg-loupe: ${caller}`
  const path = v.getDotPath(issue)
  if (issue.expected === 'never') return `${by}: there is no option ${path}; it is ${issue.message}`
  // For a list that is too short, the issue itself would name the length instead of the list.
  const given = issue.path ? issue.path.at(-1)?.value : issue.input
  const got = typeof given === 'string' ? hideToken(given) : given
  return `${by}: ${path ? `option ${path}` : 'the options'} got ${describeValue(got)}, but takes ${issue.message}`
}
