// The files that a report is written to, by their format. The option `outputs`, the command's `--output` and PG_LOUPE_OUTPUT
// all name them in this way.
import type { Reporter } from '../types/reporter.ts'
import { type BuiltInFormat, findReporter } from './find-reporter.ts'

/**
 * Files by format: `{ json: 'pg-loupe.json', './my-format.js': 'out.txt' }`. A format is a built-in one, a module, or
 * `traces`, which stands for the trace file.
 */
export type OutputFiles = { readonly [format in BuiltInFormat | typeof TRACES]?: string } & {
  readonly [module: string]: string | undefined
}

export const TRACES = 'traces'

/** A file that holds the report in one format. */
export interface ReportFile {
  format: string
  reporter: Reporter
  file: string
}

export interface CheckedOutputs {
  traces: string | undefined
  reports: readonly ReportFile[]
}

/** @throws Error that names the format or the file that is wrong. */
export function checkOutputs(outputs: OutputFiles): CheckedOutputs {
  const { traces, ...reports } = outputs
  const files = Object.values(outputs).filter((file) => file)
  const twice = files.find((file, index) => files.indexOf(file) !== index)
  if (twice !== undefined) throw new Error(`the file ${twice} is named by two outputs`)
  return {
    traces: traces || undefined,
    reports: Object.entries(reports).flatMap(([format, file]) =>
      file ? [{ format, reporter: findReporter(format), file }] : [],
    ),
  }
}

/**
 * Splits `format=file`. The part before the first equals sign is a format when it is a word, the name of a package, or the
 * path of a module; otherwise the equals sign belongs to the name of the file.
 */
export function splitOutput(text: string): { format: string | undefined; file: string } {
  const at = text.indexOf('=')
  const format = text.slice(0, Math.max(at, 0))
  if (!FORMAT.test(format)) return { format: undefined, file: text }
  return { format, file: text.slice(at + 1) }
}

const FORMAT = /^(?:@[\w.-]+\/)?[\w-]+$|\.[cm]?[jt]s$/
