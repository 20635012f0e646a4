// pg-loupe finding KEY: one finding with its proof, its lines of source and its remedy.
import { Command } from 'commander'
import { unquote } from '../../agents/quoted-text.ts'
import { type FindingAnswer, getFinding } from '../../agents/tools/get-finding.ts'
import { PANEL_EXIT_CODES } from '../exit-codes.ts'
import { labelledLines, leftOutLines } from './answer-lines.ts'
import {
  addQuestionOptions,
  type Colors,
  openSources,
  printAnswer,
  type QuestionOptions,
} from './panel-command.ts'

export function findingCommand(): Command {
  return addQuestionOptions(
    new Command('finding')
      .description('show one finding: proof, parent query, source, what to write instead, how to verify')
      .argument('<key>', 'its key from pg-loupe findings, or an unambiguous beginning of it'),
  )
    .addHelpText(
      'after',
      `${PANEL_EXIT_CODES}

Examples:
  $ pg-loupe finding 3f2a
  $ pg-loupe finding 3f2a --json | jq -r '.fix[]'`,
    )
    .action(async (key: string, options: QuestionOptions) => {
      const sources = await openSources(options)
      printAnswer(await getFinding.answer(sources, { key }), options, text)
    })
}

function text(answer: FindingAnswer, { bold, dim }: Colors): string[] {
  const { parent, evidence = [], statements = [], callers = [], source = [], fix = [] } = answer
  const lines = (title: string, content: readonly string[]) =>
    content.length > 0 ? ['', bold(title), ...content.map((line) => `  ${unquote(line)}`)] : []
  const place = (at: string | undefined) => (at === undefined ? '' : `  (${unquote(at)})`)
  return [
    bold(unquote(answer.title)),
    ...labelledLines([
      ['key', answer.key],
      ['finding', `${unquote(answer.detector)}, ${answer.severity}, ${answer.confidence}`],
      ['route', unquote(answer.route)],
      ['requests', answer.requests],
      ['state', `${answer.state.replace('_', ' ')}: ${unquote(answer.reason)}`],
      ['request', answer.request],
      ['at', answer.at && unquote(answer.at)],
      ['why', unquote(answer.why)],
      ['parent', parent && `query ${parent.position}: ${unquote(parent.query)}${place(parent.at)}`],
      ['instead', unquote(answer.instead)],
      ['saves', answer.saves?.join(', ')],
    ]),
    ...lines('Source', source),
    ...lines('Fix', fix),
    ...lines(
      'Evidence',
      evidence.flatMap(({ label, text, at, source: around = [] }) => [
        `${unquote(label)}: ${unquote(text)}${place(at)}`,
        ...around.map((line) => `  ${line}`),
      ]),
    ),
    ...lines(
      'Statements of the loop',
      statements.map(({ count, query, at }) => `${count}× ${query}${place(at)}`),
    ),
    ...lines('Called from', callers),
    ...leftOutLines(answer),
    ...lines('To verify the fix', answer.verify).map(dim),
  ]
}
