// Escapes text from outside for Markdown, so that it is shown unchanged. It cannot become a heading, a table cell, HTML, a
// link, or a reference by which GitHub or GitLab notify people (`@name`, `#12`).
import { clip, printable } from './printable.ts'

/** Sentences that contain names of tables and columns. */
export function markdownText(text: string, length = 1000): string {
  return clip(text, length)
    .replace(/[\\`*_[\]<>|~&$]/g, '\\$&')
    .replace(/^(\d*)([#+\-=.)])/, '$1\\$2')
    .replace(/:(?=\/\/|\w+:)/g, '\\:')
    .replace(/([@#!$%&~^])(?=[\w"\\])/g, `$1${APART}`)
    .replace(/\b(GH|www)(?=[-.])/gi, `$1${APART}`)
}

/** An invisible character: mentions and references are found in the rendered text, so a backslash does not stop them. */
const APART = '\u200b'

/** A span of code, fenced by more backticks than it contains. */
export function markdownCode(text: string, length = 240): string {
  const code = clip(text, length).trim()
  if (code === '') return ''
  const fence = '`'.repeat(longestRun(code) + 1)
  const pad = /^`|`$/.test(code) ? ' ' : ''
  return `${fence}${pad}${code}${pad}${fence}`
}

/** A span of code in a cell of a table, where a bar ends the cell even in code, and so does a backslash before it. */
export function markdownCellCode(text: string, length = 120): string {
  const code = clip(text, length).trim()
  if (!/[|\\]/.test(code)) return markdownCode(code, length)
  return `<code>${code.replace(/[^\p{L}\p{N} ]/gu, (char) => `&#${char.codePointAt(0)};`)}</code>`
}

/** A block of code with several lines. */
export function markdownBlock(text: string, language: string, length = 4000): string {
  const cut = text.length > length ? `${text.slice(0, length)}…` : text
  const lines = cut.split('\n').map((line) => (/^ */.exec(line)?.[0] ?? '') + printable(line.trimStart()))
  const fence = '`'.repeat(Math.max(3, longestRun(cut) + 1))
  return `${fence}${language}\n${lines.join('\n').trimEnd()}\n${fence}`
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
}
