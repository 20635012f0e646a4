// A request that is saved as a line of a trace file, and the lines of such a file read back. Such a file is checked and
// bounded, because anybody may have written it; it is shown to the reader who opened it, and stored nowhere.
import { detectors } from '../detectors/index.ts'
import { Analysis } from '../report/run-analysis.ts'
import { formatTrace } from '../trace-file/format-trace.ts'
import { traceParser } from '../trace-file/parse-trace.ts'
import type { Trace } from '../types/trace.ts'
import { PanelError, type RequestDetail } from './panel-api.ts'
import { requestRow } from './request-row.ts'

/** More are a recording, which `pg-loupe analyze` reads. */
const MOST_TRACES = 50

export function saveTrace(trace: Trace): string {
  return [...formatTrace(trace, undefined)].join('')
}

/** @throws PanelError that names the line and what is wrong with it. */
export function readSavedTraces(text: string): RequestDetail[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0)
    throw new PanelError('The file is empty. Open one that was saved here, or a trace file.')
  if (lines.length > MOST_TRACES) {
    throw new PanelError(
      `The file has ${lines.length} traces, and ${MOST_TRACES} can be opened at once. Make a page of it: pg-loupe analyze <file> --output html=report.html`,
    )
  }
  const parse = traceParser()
  const active = detectors.map((detector) => ({ detector, options: detector.meta.defaults }))
  const analysis = new Analysis({ detectors: { rules: [], active } })
  return lines.map((line, index) => {
    try {
      const trace = parse(line)
      const { findings } = analysis.add(trace)
      const row = requestRow({ id: `file-${index + 1}`, number: 0 }, trace, findings)
      return { request: row, trace, findings }
    } catch (error) {
      throw new PanelError(`Line ${index + 1} of the file is ${(error as Error).message}.`)
    }
  })
}
