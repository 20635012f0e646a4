// Prints a report for every subcommand: in one format to standard output or a file, and in others to additional files. When
// one file cannot be written, the others still are.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { EDITOR_TAKES, isEditor } from '../editor-link.ts'
import { reporters } from '../report/reporters/index.ts'
import { terminalOf } from '../report/terminal.ts'
import type { Finding } from '../types/finding.ts'
import type { Report } from '../types/report.ts'
import type { ReporterOptions } from '../types/reporter.ts'

type Format = keyof typeof reporters

type Terminal = ReturnType<typeof terminalOf>

/** The options that `addOutputOptions` gives a command. */
export interface OutputOptions<Name extends string = Format> {
  format: Name
  output: readonly Output<Name>[]
  root: string
  /** An editor by its name, or a template. */
  editor?: string | undefined
}

/** One `--output`; without a format of its own it takes that of `--format`. `-` is standard output. */
interface Output<Name extends string> {
  format?: Name
  file: string
}

const FORMATS = Object.keys(reporters) as Format[]
const STANDARD_OUTPUT = '-'

/** `standard` says where it goes without a file. */
export function addOutputOptions(
  command: Command,
  {
    standard = 'standard output',
    formats = FORMATS,
  }: { standard?: string; formats?: readonly string[] } = {},
): Command {
  return command
    .addOption(new Option('--format <name>', 'how to print it').choices(formats).default('console'))
    .addOption(
      new Option(
        '-o, --output <[format=]file>',
        'write it to a file instead; with a format, that file beside what is printed; repeatable',
      )
        .argParser((value: string, before: readonly object[]) => [...before, parseOutput(value, formats)])
        .default([], standard),
    )
    .addOption(
      new Option('--root <folder>', 'the repository, for formats that name paths relative to it').default(
        '.',
        'the working directory',
      ),
    )
    .addOption(
      new Option('--editor <name>', `where links to a line lead: ${EDITOR_TAKES}`)
        .env('PG_LOUPE_EDITOR')
        .argParser(parseEditor),
    )
}

/**
 * `shown` are the traces for formats that show some, `standard` is where it goes without a file.
 *
 * @throws Error that names each file that could not be written, when the others are.
 */
export function printReport(
  report: Report,
  options: OutputOptions,
  shown: Omit<ReporterOptions, keyof Terminal | 'cwd' | 'root'> = {},
  standard: NodeJS.WriteStream = process.stdout,
): void {
  const print = (format: Format, terminal: Terminal) =>
    reporters[format](report, { ...shown, ...terminal, cwd: process.cwd(), root: resolve(options.root) })
  printFormatted(options, print, standard)
}

/** The findings that a person has before them once the report is printed. */
export function printedInFull(report: Report, { format, output }: OutputOptions): readonly Finding[] {
  const isRedirected = output.some((one) => one.format === undefined)
  return format === 'console' && !isRedirected ? report.findings : []
}

/** Whether a format that shows traces is asked for: keeping some for nobody would cost memory. */
export function showsTraces({ format, output }: OutputOptions): boolean {
  return [format, ...output.map((one) => one.format)].includes('html')
}

/** The same for whatever can be shown in several formats. */
export function printFormatted<Name extends string>(
  { format, output, editor }: Pick<OutputOptions<Name>, 'format' | 'output' | 'editor'>,
  print: (format: Name, terminal: Terminal) => string,
  standard: NodeJS.WriteStream = process.stdout,
): void {
  const isRedirected = output.some((one) => one.format === undefined)
  if (!isRedirected) standard.write(print(format, terminalOf(standard, editor)))
  const problems = output.flatMap(
    ({ file, format: name = format }) => write(file, editor, (terminal) => print(name, terminal)) ?? [],
  )
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

function write(
  file: string,
  editor: string | undefined,
  print: (terminal: Terminal) => string,
): string | undefined {
  if (file === STANDARD_OUTPUT) {
    process.stdout.write(print(terminalOf(process.stdout, editor)))
    return undefined
  }
  const text = print(editor === undefined ? {} : { editor })
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return undefined
  } catch (error) {
    return `cannot write ${file}: ${(error as Error).message}`
  }
}

function parseEditor(value: string): string {
  if (!isEditor(value)) throw new InvalidArgumentError(`It takes ${EDITOR_TAKES}.`)
  return value
}

/** A file whose name has an equals sign is given with its folder: `./a=b.json`. */
function parseOutput(value: string, formats: readonly string[]): Output<string> {
  const [, name, file = value] = /^([\w-]+)=(.*)$/s.exec(value) ?? []
  if (file === '')
    throw new InvalidArgumentError('It takes a file, or a format and a file: sarif=report.sarif.')
  if (name === undefined) return { file }
  if (!formats.includes(name))
    throw new InvalidArgumentError(`There is no format ${name}; there are ${formats.join(', ')}.`)
  return { format: name, file }
}
