// pg-loupe explain ID QUERY: the plan of one query of a request.
import { Command } from 'commander'
import { unquote } from '../../agents/quoted-text.ts'
import { type ExplainedAnswer, explainQuery } from '../../agents/tools/explain-query.ts'
import { PANEL_EXIT_CODES } from '../exit-codes.ts'
import { leftOutLines } from './answer-lines.ts'
import {
  addQuestionOptions,
  type Colors,
  openSources,
  printAnswer,
  type QuestionOptions,
} from './panel-command.ts'
import { parseNumber } from './waiting.ts'

interface ExplainOptions extends QuestionOptions {
  cursor?: string
}

export function explainCommand(): Command {
  return addQuestionOptions(
    new Command('explain')
      .description("show PostgreSQL's plan of one query of a request (needs pg-loupe dev --explain)")
      .argument('<id>', 'the id of the request')
      .argument('<query>', 'the position of the query in its trace, from 0', parseNumber)
      .option('--cursor <cursor>', 'continue after an answer'),
  )
    .addHelpText(
      'after',
      `${PANEL_EXIT_CODES}

Examples:
  $ pg-loupe explain Jk3fT9aQ 0
  $ pg-loupe explain Jk3fT9aQ 3 --json`,
    )
    .action(async (id: string, query: number, { cursor, ...options }: ExplainOptions) => {
      const sources = await openSources(options)
      printAnswer(await explainQuery.answer(sources, { id, query, cursor }), options, text)
    })
}

function text({ query, plan, next, ...rest }: ExplainedAnswer, { bold, dim }: Colors): string[] {
  return [bold(unquote(query)), '', ...plan.map(unquote), ...leftOutLines(rest), '', dim(next)]
}
