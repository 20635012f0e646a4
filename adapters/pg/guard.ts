// Keeps internal errors away from the application: they are counted, and its query goes on as without the profiler.
import type { Recorder } from '../../src/profiler/recorder.ts'

/** The argument of `note` is passed separately, because a closure for each query would cost too much. */
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
