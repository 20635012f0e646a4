import { sharedState } from './shared-state.ts'

/** Register, a set-up file and the application may all read the same settings in one process. */
export function warnOnce(warning: string): void {
  const { warnings } = sharedState()
  if (warnings.has(warning)) return
  warnings.add(warning)
  process.emitWarning(warning)
}
