// Facts that profilers, test runners and comments note while the process runs, for the explanation of the set-up.
import type { TestNotes, WrongComment } from './setup-facts.ts'

export interface SetupNotes {
  /** The versions of the copies of pg-loupe that have created a profiler. */
  readonly versions: Set<string>
  /** Profilers that were made and are off. */
  profilersOff: number
  readonly wrongComments: WrongComment[]
  readonly tests: TestNotes
  /** Writes what is known, where the process is observed. */
  leave?: () => void
}

/** Enough to mend them; the reports have all. */
const KEPT_COMMENTS = 50

export function startNotes(): SetupNotes {
  return {
    versions: new Set(),
    profilersOff: 0,
    wrongComments: [],
    tests: { hasSetUp: false, traced: 0 },
  }
}

export function noteWrongComment({ wrongComments }: SetupNotes, comment: WrongComment): void {
  if (wrongComments.length < KEPT_COMMENTS) wrongComments.push(comment)
}
