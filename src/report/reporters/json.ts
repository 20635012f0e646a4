// The report file, version 1, as text.
import type { Reporter } from '../../types/reporter.ts'
import { jsonText } from './json-text.ts'

export const jsonReporter: Reporter = {
  meta: { name: 'json' },
  render: (report) => `${jsonText(report, 2)}\n`,
}
