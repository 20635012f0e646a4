// The texts that people read in a source file: its comments, its strings, and the names of its tests.
import { parseSync } from 'oxc-parser'

export interface FoundText {
  kind: 'comment' | 'string' | 'test name'
  line: number
  text: string
}

type PlacedText = Pick<FoundText, 'kind' | 'text'> & { start: number }

interface SourceComment {
  type: 'Line' | 'Block'
  value: string
  start: number
  end: number
}

export function textsOfSource(file: string, source: string): FoundText[] {
  const { program, comments } = parseSync(file, source)
  const lineAt = lineNumbers(source)
  const texts = commentTexts(source, comments)
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const text = textOf(node)
    if (text) texts.push(text)
    for (const inner of Object.values(node)) walk(inner)
  }
  walk(program)
  const names = new Set(texts.filter(({ kind }) => kind === 'test name').map(({ start }) => start))
  return texts
    .filter(({ kind, start }) => kind !== 'string' || !names.has(start))
    .map(({ kind, start, text }) => ({ kind, line: lineAt(start), text }))
}

/** Consecutive line comments are one text, because a sentence may go on in the next line. */
function commentTexts(source: string, comments: readonly SourceComment[]): PlacedText[] {
  const texts: PlacedText[] = []
  let previous: SourceComment | undefined
  for (const comment of comments) {
    const text = withoutStars(comment.value)
    const isContinued =
      previous?.type === 'Line' &&
      comment.type === 'Line' &&
      /^\r?\n[ \t]*$/.test(source.slice(previous.end, comment.start))
    const last = texts.at(-1)
    if (isContinued && last) last.text += `\n${text}`
    else texts.push({ kind: 'comment', start: comment.start, text })
    previous = comment
  }
  return texts
}

function withoutStars(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^[ \t]*\*/, '').trim())
    .join('\n')
    .trim()
}

function textOf(node: object): PlacedText | undefined {
  const { type, start } = node as { type?: string; start: number }
  if (type === 'CallExpression') return testName(node)
  if (type === 'Literal') {
    const { value } = node as { value?: unknown }
    if (typeof value === 'string') return { kind: 'string', text: value, start }
  }
  if (type === 'TemplateElement') {
    const { cooked } = (node as unknown as { value: { cooked: string | null } }).value
    if (cooked) return { kind: 'string', text: cooked, start }
  }
  return undefined
}

/** The first argument of `test(…)`, `it(…)` and `describe(…)`, also behind `.each(…)`, `.skipIf(…)` and the like. */
function testName(node: object): PlacedText | undefined {
  const call = node as { callee: object; arguments: { type: string; value?: unknown; start: number }[] }
  const [name] = call.arguments
  if (name?.type !== 'Literal' || typeof name.value !== 'string') return undefined
  return isTestFunction(call.callee) ? { kind: 'test name', text: name.value, start: name.start } : undefined
}

function isTestFunction(callee: object): boolean {
  const { name, object, callee: called } = callee as { name?: string; object?: object; callee?: object }
  if (name !== undefined) return /^(test|it|describe|suite)$/.test(name)
  const inner = object ?? called
  return inner !== undefined && isTestFunction(inner)
}

function lineNumbers(source: string): (offset: number) => number {
  const starts = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    const after = starts.findIndex((start) => start > offset)
    return after < 0 ? starts.length : after
  }
}
