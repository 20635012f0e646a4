// Keeps errors of ours away from the application: they are counted, and its query goes on as if we were not there.
import type { Profiler } from '../../src/profiler.ts'

export type Guard = (note: () => void) => void

export function guardFor(profiler: Profiler): Guard {
  return (note) => {
    try {
      note()
    } catch (error) {
      profiler.countInternalError(error)
    }
  }
}
