// Keeps errors of ours away from the application: they are counted, and its query goes on as if we were not there.
import type { Recorder } from '../../src/profiler/recorder.ts'

/** What a note needs may be given beside it: where every query passes, a function made for each would cost. */
export type Guard = <Given = undefined>(note: (given: Given) => void, given?: Given) => void

export function guardFor({ countInternalError }: Recorder): Guard {
  return (note, given) => {
    try {
      note(given as never)
    } catch (error) {
      countInternalError(error)
    }
  }
}
