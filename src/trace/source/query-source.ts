// Reads the call that sent a query from the source: the call as it is written, the loop around it, and whether the call
// could be made before that loop. A part that the reader does not understand is left out.
import { type CallChain, chainAround, isName, readChain } from '../../source/call-chain.ts'
import { type SourceTokens, TEXT } from '../../source/tokens.ts'
import type { Vocabulary } from '../../source/vocabulary.ts'
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import { constantsBetween, LONGEST_EXPRESSION, substitute } from './constants.ts'
import { mayAwait } from './enclosing-functions.ts'
import { type EnclosingLoop, enclosingLoop } from './enclosing-loop.ts'
import { namesImported, namesTaken } from './names-in-file.ts'
import { resultOf } from './result-use.ts'
import { namesOfPattern, type Source, sliceOf } from './source-text.ts'

export function readQuerySource(
  tokens: SourceTokens,
  text: string,
  position: number,
  file: string,
  vocabulary: Vocabulary,
): QuerySource | undefined {
  const source: Source = { ...tokens, text }
  const chain = chainAround(tokens, position)
  if (!chain || chain.calls.length === 0) return undefined
  const expression = withSqlText(source, chain, sliceOf(source, chain.start, chain.end))
  if (expression.length > LONGEST_EXPRESSION || holdsSecret(expression)) return undefined
  const found = enclosingLoop(tokens, chain.start)
  const loop = found && readLoop(source, found, chain, vocabulary)
  const imported = namesImported(source, vocabulary)
  return {
    expression: outdented(expression),
    result: resultOf(source, chain, found),
    isTyped: /\.[cm]?tsx?$/.test(file),
    modules: isModule(source, file) ? 'import' : 'require',
    imported,
    taken: namesTaken(source, imported, vocabulary),
    ...(loop ? { loop } : {}),
  }
}

/** Whether a long word of letters and digits may be a key or a token, which no report may quote. */
function holdsSecret(text: string): boolean {
  const words = text.match(/[A-Za-z0-9+/=_-]{24,}/g) ?? []
  return words.some((word) => /\d/.test(word) && /[a-z]/i.test(word))
}

/** The lines of code without the indentation of the function around them. */
function outdented(code: string): string {
  const [first = '', ...lines] = code.split('\n')
  // White space in a template is part of its text.
  if (lines.length === 0 || code.includes('`')) return code
  const depths = lines.map((line) => line.length - line.trimStart().length)
  const least = Math.min(...depths)
  return [first, ...lines.map((line) => `  ${line.slice(least)}`)].join('\n')
}

function readLoop(
  source: Source,
  loop: EnclosingLoop,
  chain: CallChain,
  vocabulary: Vocabulary,
): SourceLoop | undefined {
  const [from, to] = loop.over
  const over = sliceOf(source, from, to)
  const each = patternOf(source, loop.each)
  if (!each || !isCheap(source, from, to)) return undefined
  const constants = constantsBetween(source, loop.body, chain.start)
  for (const other of loop.others)
    for (const name of namesOfPattern(source, ...other)) constants.set(name, undefined)
  const substituted = substitute(source, chain.start, chain.end, constants)
  const expression = substituted !== undefined && holdsSecret(substituted) ? undefined : substituted
  return {
    over,
    isArray: isArray(source, loop, over, vocabulary),
    each: each.text,
    names: each.names,
    ...(expression === undefined ? {} : { expression: outdented(withSqlText(source, chain, expression)) }),
    isConditional: hasCondition(source, loop.body, chain.start),
    mayAwait: mayAwait(source, loop.start),
    isNested: enclosingLoop(source, loop.start) !== undefined,
  }
}

/** A name or a pattern without its type; `undefined` when it has a default value. */
function patternOf(
  source: Source,
  [from, to]: readonly [number, number],
): { text: string; names: string[] } | undefined {
  const { texts, partners } = source
  const isPattern = texts[from] === '{' || texts[from] === '['
  const end = isPattern ? (partners[from] as number) + 1 : from + 1
  if (end <= from || (end < to && texts[end] !== ':')) return undefined
  if (!isPattern && !isName(texts[from])) return undefined
  return {
    text: sliceOf(source, from, end),
    names: isPattern ? namesOfPattern(source, from, end) : [texts[from] as string],
  }
}

const PURE_CALLS = /^(?:filter|slice|values|keys|entries|map|flat|flatMap|concat|toSorted|toReversed)$/

/** Whether the expression may be evaluated once more: it has only names, members and calls that change nothing. */
function isCheap({ texts }: Source, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (texts[at] === 'await' || texts[at] === 'yield' || texts[at] === '=') return false
    if (texts[at + 1] === '(' && isName(texts[at]) && !PURE_CALLS.test(texts[at] as string)) return false
  }
  return true
}

const OF_ARRAYS = /^(?:map|flatMap|filter|some|every|find|length|push|slice|at|sort|toSorted)$/

function isArray(
  source: Source,
  { over: [from, to], callee }: EnclosingLoop,
  over: string,
  { lists }: Vocabulary,
): boolean {
  const { texts } = source
  if (texts[to] === '.' && callee !== undefined && OF_ARRAYS.test(callee)) return true
  if (over.endsWith('.rows')) return true
  if (to !== from + 1) return false
  return texts.some((text, at) => {
    if (text !== over || texts[at - 1] === '.') return false
    if (texts[at + 1] === '.') return OF_ARRAYS.test(texts[at + 2] ?? '')
    if (texts[at + 1] === '=' && texts[at + 2] === 'await') {
      return lists.has(readChain(source, at + 3)?.calls[0]?.name ?? '')
    }
    const isRows = text === 'rows' && texts[at - 1] === '{' && texts[at + 1] === '}'
    return isRows || (texts[at - 2] === 'rows' && texts[at - 1] === ':')
  })
}

/** The call with its SQL text when the text is a constant of the file: `pool.query(LATEST, [id])`. */
function withSqlText(source: Source, { calls }: CallChain, expression: string): string {
  const { texts } = source
  const [first] = calls.at(-1)?.args ?? []
  if (!first || calls.at(-1)?.name !== 'query' || first[1] !== first[0] + 1 || !isName(texts[first[0]]))
    return expression
  const name = texts[first[0]] as string
  const declared = texts.flatMap((word, at) => (word === name && texts[at - 1] === 'const' ? [at] : []))
  const [at = -1] = declared
  if (declared.length !== 1 || texts[at + 1] !== '=') return expression
  const isPlainText = texts[at + 2] === TEXT || (texts[at + 2] === '`' && texts[at + 3] !== '${')
  if (!isPlainText) return expression
  return expression.replace(
    new RegExp(`\\(\\s*${name.replaceAll('$', '\\$')}\\b`),
    () => `(${sliceOf(source, at + 2, at + 3)}`,
  )
}

function hasCondition({ texts }: Source, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (['if', 'continue', '?', '&&', '||', '??', 'switch', 'try'].includes(texts[at] as string)) return true
  }
  return false
}

function isModule({ texts }: Source, file: string): boolean {
  if (/\.[cm]ts$|\.mjs$|\.tsx?$/.test(file)) return !file.endsWith('.cts')
  return texts.includes('import') && texts.includes('from') && !file.endsWith('.cjs')
}
