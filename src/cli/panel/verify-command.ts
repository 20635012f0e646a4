// pg-loupe verify KEY: whether a finding is gone after a change, by a request that a command after `--`, or somebody, sends now.
import { Command } from 'commander'
import { unquote } from '../../agents/quoted-text.ts'
import { type Verified, verifyFix } from '../../agents/tools/verify-fix.ts'
import type { FindingState } from '../../panel/panel-api.ts'
import { FINDINGS, INCONCLUSIVE, NOTHING_CAME, VERIFY_EXIT_CODES } from '../exit-codes.ts'
import { labelledLines, requestLines } from './answer-lines.ts'
import {
  addQuestionOptions,
  type Colors,
  openSources,
  printAnswer,
  type QuestionOptions,
} from './panel-command.ts'
import { parseNumber, runMeanwhile, tellWaiting, waitOption } from './waiting.ts'

interface VerifyOptions extends QuestionOptions {
  since?: number
  wait: number
}

const STATUS: Readonly<Record<FindingState, number>> = {
  fixed: 0,
  still_there: FINDINGS,
  not_exercised: NOTHING_CAME,
  inconclusive: INCONCLUSIVE,
}

export function verifyCommand(): Command {
  return addQuestionOptions(
    new Command('verify')
      .description('say whether a finding is fixed, by requests that come from now on')
      .argument('<key>', 'its key from pg-loupe findings, or an unambiguous beginning of it')
      .argument('[command...]', 'a command that sends a request of its route, after --')
      .option(
        '--since <number>',
        'judge requests after this number, which an earlier answer gave',
        parseNumber,
      )
      .addOption(waitOption()),
  )
    .addHelpText(
      'after',
      `${VERIFY_EXIT_CODES}

Examples:
  $ pg-loupe verify 3f2a -- curl -s localhost:3000/orders
  $ pg-loupe verify 3f2a --wait 0 --json`,
    )
    .action(async (key: string, words: string[], { since, wait, ...options }: VerifyOptions) => {
      const sources = await openSources(options)
      let from = since
      if (words.length > 0) {
        // Asks for full capture before the command runs.
        from ??= (await verifyFix.answer(sources, { key, waitSeconds: 0 })).since
        await runMeanwhile(words)
      } else if (wait > 0 && since === undefined) {
        tellWaiting(undefined, wait)
      }
      const answer = await verifyFix.answer(sources, { key, since: from, waitSeconds: wait })
      printAnswer(answer, options, text)
      process.exitCode = STATUS[answer.state]
    })
}

function text({ key, state, reason, request, since, next }: Verified, { bold, dim }: Colors): string[] {
  return [
    bold(state.replace('_', ' ')),
    ...labelledLines([
      ['key', key],
      ['reason', unquote(reason)],
      ['since', String(since)],
    ]),
    ...(request ? ['', ...requestLines([request])] : []),
    '',
    dim(next),
  ]
}
