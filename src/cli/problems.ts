// Files and lines that a command could not read or write: each is reported at once, the first ones in full, and the command
// continues with the others.
import { tell } from './tell.ts'

/** Lines that are no traces are mostly all lines of a file; the first ones say why. */
const SHOWN_PROBLEMS = 20

export interface Problems {
  tell(message: string): void
  readonly count: number
  /** Says how many were not shown. */
  done(): void
}

/** `before` makes room on the terminal. */
export function collectProblems(before: () => void = () => {}): Problems {
  let count = 0
  return {
    tell(message) {
      if (++count > SHOWN_PROBLEMS) return
      before()
      tell(message)
    },
    get count() {
      return count
    },
    done() {
      before()
      if (count > SHOWN_PROBLEMS) tell(`and ${count - SHOWN_PROBLEMS} more`)
    },
  }
}
