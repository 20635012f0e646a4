// pg-loupe findings: the findings of the running application, worst first.
import { Command } from 'commander'
import { unquote } from '../../agents/quoted-text.ts'
import { type FindingList, listFindings } from '../../agents/tools/list-findings.ts'
import { PANEL_EXIT_CODES } from '../exit-codes.ts'
import { leftOutLines } from './answer-lines.ts'
import {
  addQuestionOptions,
  type Colors,
  openSources,
  printAnswer,
  type QuestionOptions,
} from './panel-command.ts'
import { tableLines } from './text-table.ts'

interface FindingsOptions extends QuestionOptions {
  route?: string
  cursor?: string
}

export function findingsCommand(): Command {
  return addQuestionOptions(
    new Command('findings')
      .description('list the findings of the running application, worst first')
      .option('--route <name>', "only findings of this route: 'GET /orders/:id'")
      .option('--cursor <cursor>', 'continue the list after an answer'),
  )
    .addHelpText(
      'after',
      `${PANEL_EXIT_CODES}

Examples:
  $ pg-loupe findings
  $ pg-loupe findings --route 'GET /orders' --json
  $ pg-loupe findings --report pg-loupe.json`,
    )
    .action(async ({ route, cursor, ...options }: FindingsOptions) => {
      const sources = await openSources(options)
      printAnswer(await listFindings.answer(sources, { route, cursor }), options, text)
    })
}

function text({ findings, next, ...list }: FindingList, { bold, dim }: Colors): string[] {
  if (findings.length === 0) return [next]
  const rows = findings.map(({ key, severity, confidence, state, requests, title, route, at = '' }) => [
    key,
    severity,
    confidence,
    state.replace('_', ' '),
    requests,
    ...[title, route, at].map(unquote),
  ])
  const [titles = '', ...lines] = tableLines(COLUMNS, rows)
  return [bold(titles), ...lines, ...leftOutLines(list), '', dim(next)]
}

const COLUMNS = ['key', 'severity', 'confidence', 'state', 'requests', 'finding', 'route', 'line'].map(
  (title) => ({ title }),
)
