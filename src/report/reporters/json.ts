// The report file, version 1, as text.
import type { Reporter } from '../../types.ts'

export const jsonReporter: Reporter = (report) => `${JSON.stringify(report, null, 2)}\n`
