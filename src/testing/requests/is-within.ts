import type { LiveTrace } from '../../trace/live-trace.ts'

/** Whether `trace` is `around` or was begun inside of it. */
export function isWithin(trace: LiveTrace | undefined, around: LiveTrace): boolean {
  for (let inner = trace; inner; inner = inner.parent) if (inner === around) return true
  return false
}
