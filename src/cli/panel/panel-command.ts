// A question to the panel as a command: aligned text for people, or with --json the same answer that a coding agent gets.
import type { Command } from 'commander'
import pc from 'picocolors'
import { jsonOf } from '../../agents/answer.ts'
import { unquote } from '../../agents/quoted-text.ts'
import { readSource } from '../../agents/source-excerpt.ts'
import type { Sources } from '../../agents/tool.ts'
import { terminalOf } from '../../report/terminal.ts'
import { addPanelOptions, openPanel, type PanelSource } from './panel-source.ts'
import { commandLine } from './question-line.ts'

export interface QuestionOptions extends PanelSource {
  json?: boolean
}

export type Colors = ReturnType<typeof pc.createColors>

export function addQuestionOptions(command: Command): Command {
  return addPanelOptions(command).option(
    '--json',
    'print the answer as JSON, at most 8 KB, as coding agents get it',
  )
}

/** Opens the panel or the files that the options name. */
export async function openSources(options: PanelSource): Promise<Sources> {
  return {
    api: await openPanel(options),
    readSource,
    folder: process.cwd(),
    call: commandLine(options),
  }
}

/** `text` makes the lines for people, who need no quotation marks. */
export function printAnswer<Answer extends object>(
  answer: Answer,
  { json = false }: QuestionOptions,
  text: (answer: Answer, colors: Colors) => readonly string[],
): void {
  const colors = pc.createColors(terminalOf(process.stdout).color ?? false)
  const lines = json ? [jsonOf(answer)] : text(answer, colors).map(unquote)
  process.stdout.write(`${lines.join('\n')}\n`)
}
