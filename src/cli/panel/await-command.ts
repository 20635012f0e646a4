// pg-loupe await: waits for a request, which a command after `--` may send.
import { Command } from 'commander'
import { type AwaitedRequest, awaitRequest } from '../../agents/tools/await-request.ts'
import { AWAIT_EXIT_CODES, NOTHING_CAME } from '../exit-codes.ts'
import { requestLines } from './answer-lines.ts'
import {
  addQuestionOptions,
  type Colors,
  openSources,
  printAnswer,
  type QuestionOptions,
} from './panel-command.ts'
import { parseNumber, runMeanwhile, tellWaiting, WAIT_SECONDS, waitOption } from './waiting.ts'

interface AwaitOptions extends QuestionOptions {
  route?: string
  text?: string
  hasFindings?: boolean
  after?: number
  wait: number
}

export function awaitCommand(): Command {
  return addQuestionOptions(
    new Command('await')
      .description('wait for the next request, or run a command and show the request that it sent')
      .argument('[command...]', 'a command that sends the request, after --')
      .option('--route <name>', "only this route: 'GET /orders/:id'")
      .option('--text <words>', 'only with these words in the route, the findings or the status')
      .option('--has-findings', 'only with findings')
      .option('--after <number>', 'only requests after this number (default: from now on)', parseNumber)
      .addOption(waitOption()),
  )
    .addHelpText(
      'after',
      `${AWAIT_EXIT_CODES}

Examples:
  $ pg-loupe await --route 'GET /orders' -- curl -s localhost:3000/orders
  $ pg-loupe await --has-findings --wait ${WAIT_SECONDS}`,
    )
    .action(
      async (words: string[], { route, text: some, hasFindings, after, wait, ...options }: AwaitOptions) => {
        const sources = await openSources(options)
        const from = after ?? (await sources.api.status()).newest
        if (words.length > 0) await runMeanwhile(words)
        else tellWaiting(route, wait)
        const asked = { route, text: some, hasFindings, after: from, waitSeconds: wait }
        const answer = await awaitRequest.answer(sources, asked)
        printAnswer(answer, options, text)
        if (answer.request === undefined) process.exitCode = NOTHING_CAME
      },
    )
}

function text({ request, next }: AwaitedRequest, { bold, dim }: Colors): string[] {
  if (request === undefined) return [next]
  const [titles = '', ...lines] = requestLines([request])
  return [bold(titles), ...lines, '', dim(next)]
}
