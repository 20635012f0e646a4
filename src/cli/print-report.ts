// The options by which a command prints a report, and the printing: in one format to standard output or a file, and in others
// to files beside it. A file that cannot be written, or a format that fails, keeps no other output from being written.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { BUILT_IN_FORMATS, findReporter, renderText } from '../config/find-reporter.ts'
import { splitOutput, TRACES } from '../config/output-files.ts'
import { EDITOR_TAKES, isEditor } from '../editor-link.ts'
import { terminalOf } from '../report/terminal.ts'
import type { Finding } from '../types/finding.ts'
import type { Report } from '../types/report.ts'
import type { Reporter, ReporterOptions } from '../types/reporter.ts'

type Terminal = ReturnType<typeof terminalOf>

/** A format that was named, with its reporter. */
interface Format {
  name: string
  reporter: Reporter
}

/** One `--output`. Without a format it takes that of `--format`. The file `-` is standard output. */
interface Output {
  format?: Format
  file: string
}

/** The options that `addOutputOptions` gives a command. */
export interface OutputOptions {
  format: Format
  output: readonly (Output | TraceOutput)[]
  root: string
  /** An editor by its name, or a template. */
  editor?: string | undefined
}

/** `--output traces=<file>`. */
interface TraceOutput {
  traces: string
}

interface CommandOutputs {
  /** Name of the place that the output goes to when no file is given. */
  standard?: string
  /** The command has traces to write. */
  writesTraces?: boolean
  /** The command renders a comparison. */
  compares?: boolean
}

const STANDARD_OUTPUT = '-'

export function addOutputOptions(
  command: Command,
  { standard = 'standard output', ...takes }: CommandOutputs = {},
): Command {
  const readFormat = (name: string) => parseFormat(name, takes)
  return command
    .addOption(
      new Option(
        '--format <name>',
        `the format to print: ${formatsOf(takes)}, or a module such as ./my-format.js`,
      )
        .argParser(readFormat)
        .default(readFormat('console'), 'console'),
    )
    .addOption(
      new Option(
        '-o, --output <[format=]file>',
        'print to a file; with a format, write that file in addition' +
          `${takes.writesTraces ? ' (the format traces writes a trace file)' : ''}; repeatable`,
      )
        .argParser((value: string, before: readonly object[]) => [...before, parseOutput(value, takes)])
        .default([], standard),
    )
    .addOption(
      new Option('--root <folder>', 'the repository, for formats that name paths relative to it').default(
        '.',
        'the working directory',
      ),
    )
    .addOption(
      new Option('--editor <name>', `the target of links to a line: ${EDITOR_TAKES}`)
        .env('PG_LOUPE_EDITOR')
        .argParser(parseEditor),
    )
}

/** `shown` is what some formats show beside the report; `problem` receives a sentence for each output that failed. */
export function printReport(
  report: Report,
  options: OutputOptions,
  problem: (message: string) => void,
  shown: Omit<ReporterOptions, keyof Terminal | 'cwd' | 'root'> = {},
  standard: NodeJS.WriteStream = process.stdout,
): void {
  const render = ({ reporter }: Format, terminal: Terminal) =>
    reporter.render(report, { ...shown, ...terminal, cwd: process.cwd(), root: resolve(options.root) })
  printFormatted(options, render, problem, standard)
}

/** The findings that a person can read in full once the report is printed. */
export function printedInFull(report: Report, { format, output }: OutputOptions): readonly Finding[] {
  return format.name === 'console' && !isRedirected(output) ? report.findings : []
}

/** The formats that were asked for. */
export function formatsAsked({ format, output }: OutputOptions): readonly Reporter[] {
  return [format, ...output.flatMap((one) => ('file' in one && one.format) || [])].map(
    ({ reporter }) => reporter,
  )
}

/** Whether a format that shows traces was asked for. Otherwise collecting some would only take memory. */
export function showsTraces(options: OutputOptions): boolean {
  return formatsAsked(options).some(({ meta }) => meta.wantsTraces)
}

/** The files that were asked for with the format `traces`. */
export function traceOutputs({ output }: OutputOptions): readonly string[] {
  return output.flatMap((one) => ('traces' in one ? [one.traces] : []))
}

/** Prints anything that can be rendered in several formats. */
export function printFormatted(
  { format, output, editor }: Pick<OutputOptions, 'format' | 'output' | 'editor'>,
  render: (format: Format, terminal: Terminal) => string,
  problem: (message: string) => void,
  standard: NodeJS.WriteStream = process.stdout,
): void {
  const attempt = (act: () => void) => {
    try {
      act()
    } catch (error) {
      problem((error as Error).message)
    }
  }
  const text = (one: Format, terminal: Terminal) => renderText(one.name, () => render(one, terminal))
  if (!isRedirected(output)) attempt(() => standard.write(text(format, terminalOf(standard, editor))))
  for (const one of output) {
    if ('file' in one)
      attempt(() => write(one.file, editor, (terminal) => text(one.format ?? format, terminal)))
  }
}

function isRedirected(output: OutputOptions['output']): boolean {
  return output.some((one) => 'file' in one && one.format === undefined)
}

/** @throws Error that names the file when it cannot be written. */
function write(file: string, editor: string | undefined, render: (terminal: Terminal) => string): void {
  if (file === STANDARD_OUTPUT) {
    process.stdout.write(render(terminalOf(process.stdout, editor)))
    return
  }
  const text = render(editor === undefined ? {} : { editor })
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch (error) {
    throw new Error(`cannot write ${file}: ${(error as Error).message}`)
  }
}

function parseEditor(value: string): string {
  if (!isEditor(value)) throw new InvalidArgumentError(`It takes ${EDITOR_TAKES}.`)
  return value
}

function parseFormat(name: string, takes: CommandOutputs): Format {
  let reporter: Reporter
  try {
    reporter = findReporter(name)
  } catch (error) {
    throw new InvalidArgumentError(sentence((error as Error).message))
  }
  if (takes.compares && !reporter.renderComparison)
    throw new InvalidArgumentError(
      `The format ${name} does not render comparisons (it has no renderComparison); it takes ${formatsOf(takes)}.`,
    )
  return { name, reporter }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function formatsOf({ compares = false }: CommandOutputs): string {
  const names = compares
    ? BUILT_IN_FORMATS.filter((name) => findReporter(name).renderComparison !== undefined)
    : BUILT_IN_FORMATS
  return names.join(', ')
}

function parseOutput(value: string, takes: CommandOutputs): Output | TraceOutput {
  const { format, file } = splitOutput(value)
  if (file === '')
    throw new InvalidArgumentError('It takes a file, or a format and a file: sarif=report.sarif.')
  if (format === undefined) return { file }
  if (format !== TRACES) return { format: parseFormat(format, takes), file }
  if (!takes.writesTraces)
    throw new InvalidArgumentError('This command writes no trace file; pg-loupe run and pg-loupe merge do.')
  return { traces: file }
}
