// pg-loupe trace ID: the queries of one request.
import { Command } from 'commander'
import { unquote } from '../../agents/quoted-text.ts'
import { getTrace, type TraceAnswer } from '../../agents/tools/get-trace.ts'
import { PANEL_EXIT_CODES } from '../exit-codes.ts'
import { leftOutLines, requestLines } from './answer-lines.ts'
import {
  addQuestionOptions,
  type Colors,
  openSources,
  printAnswer,
  type QuestionOptions,
} from './panel-command.ts'
import { tableLines } from './text-table.ts'

interface TraceOptions extends QuestionOptions {
  whole?: boolean
  cursor?: string
}

export function traceCommand(): Command {
  return addQuestionOptions(
    new Command('trace')
      .description('show the queries of one request, equal queries as one row')
      .argument('<id>', 'its id from pg-loupe requests, or an unambiguous beginning of it')
      .option('--whole', 'show each query on its own')
      .option('--cursor <cursor>', 'continue after an answer'),
  )
    .addHelpText(
      'after',
      `${PANEL_EXIT_CODES}

Examples:
  $ pg-loupe trace Jk3fT9aQ
  $ pg-loupe trace 12 --whole --traces traces.ndjson`,
    )
    .action(async (id: string, { whole, cursor, ...options }: TraceOptions) => {
      const sources = await openSources(options)
      printAnswer(await getTrace.answer(sources, { id, whole, cursor }), options, text)
    })
}

function text(answer: TraceAnswer, { bold, dim }: Colors): string[] {
  const { request, groups = [], queries = [], notKept, next } = answer
  const table =
    queries.length > 0
      ? tableLines(
          WHOLE,
          queries.map(({ position, startMs, databaseMs, rows, bytes, error, at, query }) =>
            [position, startMs, databaseMs, rows, bytes, error, at, query].map(cell),
          ),
        )
      : tableLines(
          GROUPED,
          groups.map(({ first, count, databaseMs, rows, bytes, at, query }) =>
            [first, count, databaseMs, rows, bytes, at, query].map(cell),
          ),
        )
  const [titles = '', ...lines] = table
  return [
    ...requestLines([request]),
    '',
    bold(titles),
    ...lines,
    ...(notKept === undefined ? [] : ['', `${notKept}.`]),
    ...leftOutLines(answer),
    '',
    dim(next),
  ]
}

const NUMBERS = ['ms', 'rows', 'bytes'].map((title) => ({ title, isNumber: true }))
const GROUPED = [
  { title: 'first', isNumber: true },
  { title: 'count', isNumber: true },
  ...NUMBERS,
  { title: 'line' },
  { title: 'query' },
]
const WHOLE = [
  { title: 'query', isNumber: true },
  { title: 'at ms', isNumber: true },
  ...NUMBERS,
  { title: 'error' },
  { title: 'line' },
  { title: 'statement' },
]

function cell(value: string | number | undefined): string {
  return value === undefined ? '' : unquote(String(value))
}
