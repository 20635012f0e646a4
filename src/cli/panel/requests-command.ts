// pg-loupe requests: the requests that ran, newest first.
import { Command } from 'commander'
import { listRequests, type RequestList } from '../../agents/tools/list-requests.ts'
import { PANEL_EXIT_CODES } from '../exit-codes.ts'
import { leftOutLines, requestLines } from './answer-lines.ts'
import {
  addQuestionOptions,
  type Colors,
  openSources,
  printAnswer,
  type QuestionOptions,
} from './panel-command.ts'

interface RequestsOptions extends QuestionOptions {
  route?: string
  text?: string
  hasFindings?: boolean
  cursor?: string
}

export function requestsCommand(): Command {
  return addQuestionOptions(
    new Command('requests')
      .description('list the requests, jobs and tests that ran, newest first')
      .option('--route <name>', "only this route: 'GET /orders/:id'")
      .option('--text <words>', 'only with these words in the route, the findings or the status')
      .option('--has-findings', 'only with findings')
      .option('--cursor <cursor>', 'continue the list after an answer'),
  )
    .addHelpText(
      'after',
      `${PANEL_EXIT_CODES}

Examples:
  $ pg-loupe requests
  $ pg-loupe requests --has-findings --route 'GET /orders'
  $ pg-loupe requests --traces traces.ndjson --json`,
    )
    .action(async ({ route, text: words, hasFindings, cursor, ...options }: RequestsOptions) => {
      const sources = await openSources(options)
      printAnswer(
        await listRequests.answer(sources, { route, text: words, hasFindings, cursor }),
        options,
        text,
      )
    })
}

function text({ requests, next, ...list }: RequestList, { bold, dim }: Colors): string[] {
  if (requests.length === 0) return [next]
  const [titles = '', ...lines] = requestLines(requests)
  return [bold(titles), ...lines, ...leftOutLines(list), '', dim(next)]
}
