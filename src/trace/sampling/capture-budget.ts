// How many queries of known routes are captured in full all the same. A trace is let through as long as anything is left,
// however large it is: one that is larger than the whole budget would never be seen otherwise. What it takes too much is
// paid back before the next one.

interface BudgetSize {
  /** Queries in the long run. */
  readonly perSecond: number
  readonly atOnce: number
}

/** Returns the function that takes so many queries from the budget, and says no when nothing is left. */
export function captureBudget({ perSecond, atOnce }: BudgetSize, startMs: number) {
  let left = atOnce
  let sinceMs = startMs
  return (queries: number, timeMs: number): boolean => {
    left = Math.min(atOnce, left + ((timeMs - sinceMs) / 1000) * perSecond)
    sinceMs = timeMs
    if (left <= 0) return false
    // After one enormous trace the others wait for half a minute, and not for hours.
    left = Math.max(left - queries, -atOnce)
    return true
  }
}
