// pg-loupe compare A B: two requests of one route side by side.
import { Command } from 'commander'
import { unquote } from '../../agents/quoted-text.ts'
import { type ComparedRequests, compare } from '../../agents/tools/compare.ts'
import { PANEL_EXIT_CODES } from '../exit-codes.ts'
import { labelledLines, leftOutLines, requestLines } from './answer-lines.ts'
import {
  addQuestionOptions,
  type Colors,
  openSources,
  printAnswer,
  type QuestionOptions,
} from './panel-command.ts'
import { tableLines } from './text-table.ts'

interface CompareOptions extends QuestionOptions {
  cursor?: string
}

export function compareCommand(): Command {
  return addQuestionOptions(
    new Command('compare')
      .description('compare two requests of one route, such as before and after a change')
      .argument('<before>', 'the id of a request from pg-loupe requests, or an unambiguous beginning of it')
      .argument('<after>', 'the id of a later one')
      .option('--cursor <cursor>', 'continue after an answer'),
  )
    .addHelpText(
      'after',
      `${PANEL_EXIT_CODES}

Examples:
  $ pg-loupe compare Jk3fT9aQ mB81xYz0
  $ pg-loupe compare 3 17 --traces traces.ndjson --json`,
    )
    .action(async (before: string, after: string, { cursor, ...options }: CompareOptions) => {
      const sources = await openSources(options)
      printAnswer(await compare.answer(sources, { before, after, cursor }), options, text)
    })
}

function text(answer: ComparedRequests, { bold, dim }: Colors): string[] {
  const { before, after, findings, statements, same, next } = answer
  const named = (['gone', 'new', 'still'] as const).flatMap((state) =>
    (findings[state] ?? []).map(({ key, title }) => [STATES[state], key, unquote(title)]),
  )
  const rows = statements.map(({ change, queries, rows = '', databaseMs = '', query }) => [
    change,
    queries,
    rows,
    databaseMs,
    unquote(query),
  ])
  return [
    ...requestLines([before, after]),
    '',
    ...labelledLines([
      ['queries', answer.queries],
      ['rows', answer.rows],
      ['bytes', answer.bytes],
      ['ms in queries', answer.databaseMs],
      ['ms', answer.durationMs],
    ]),
    ...(named.length > 0 ? ['', ...tableLines(FINDINGS, named)] : []),
    ...(rows.length > 0 ? ['', ...tableLines(STATEMENTS, rows)] : []),
    '',
    bold(`${same} ${same === 1 ? 'statement is' : 'statements are'} the same.`),
    ...leftOutLines(answer),
    '',
    dim(next),
  ]
}

const STATES = { gone: 'gone', new: 'new', still: 'still there' } as const
const FINDINGS = ['', 'key', 'finding'].map((title) => ({ title }))
const STATEMENTS = ['change', 'queries', 'rows', 'ms', 'query'].map((title) => ({ title }))
