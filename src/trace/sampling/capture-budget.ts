// The budget of queries of known routes that are fully captured nevertheless. A trace is captured as long as any budget is
// left, whatever its size, because a trace that is larger than the whole budget would otherwise never be captured. The excess
// is subtracted from later refills.

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
