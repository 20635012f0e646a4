// A further question as the command line that asks it, so that an answer can say what to run next.
import type { ToolName } from '../../agents/tool.ts'
import { printable } from '../../report/reporters/printable.ts'
import type { PanelSource } from './panel-source.ts'

interface Form {
  command: string
  /** Inputs that are arguments, in their order. All others are options. */
  places: readonly string[]
}

const FORMS: Readonly<Record<ToolName, Form>> = {
  list_findings: { command: 'findings', places: [] },
  get_finding: { command: 'finding', places: ['key'] },
  list_requests: { command: 'requests', places: [] },
  get_trace: { command: 'trace', places: ['id'] },
  await_request: { command: 'await', places: [] },
  verify_fix: { command: 'verify', places: ['key'] },
  compare: { command: 'compare', places: ['before', 'after'] },
  explain_query: { command: 'explain', places: ['id', 'query'] },
}

const OPTIONS: Readonly<Record<string, string>> = { waitSeconds: '--wait', hasFindings: '--has-findings' }

/** The next command asks the same files. */
export function commandLine({
  report,
  traces,
}: PanelSource): (tool: ToolName, input?: Readonly<Record<string, unknown>>) => string {
  const files = [
    ...(report === undefined ? [] : ['--report', report]),
    ...traces.flatMap((file) => ['--traces', file]),
  ]
  return (tool, input = {}) => {
    const { command, places } = FORMS[tool]
    const named = Object.entries(input).filter(([name]) => !places.includes(name))
    const words = [
      ...places.map((name) => String(input[name] ?? name.toUpperCase())),
      ...named.flatMap(([name, value]) => optionWords(name, value)),
      ...files,
    ]
    return ['npx pg-loupe', command, ...words.map(shellWord)].join(' ')
  }
}

function optionWords(name: string, value: unknown): string[] {
  if (value === undefined || value === false) return []
  const option = OPTIONS[name] ?? `--${name}`
  return value === true ? [option] : [option, String(value)]
}

/** A route may have been chosen by anybody, so a shell must read it as one word. */
function shellWord(word: string): string {
  const text = printable(word)
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
