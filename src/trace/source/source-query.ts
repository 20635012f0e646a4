// What the source shows of the call that sent a query: the call as it is written, the loop around it, and whether it could
// stand before that loop. Constants of the loop's body are put in their places. What it cannot read it leaves out.
import { argumentsOf, type CallChain, chainAround, isName, readChain } from '../../source/call-chain.ts'
import { type SourceTokens, TEXT } from '../../source/tokens.ts'
import type { QuerySource, SourceLoop } from '../../types/query.ts'
import { type EnclosingLoop, enclosingLoop, mayAwait } from './source-loops.ts'

/** Longer ones are no code that somebody pastes. */
const LONGEST_EXPRESSION = 3000
/** A constant that is made of a constant that is made of a constant. */
const DEEPEST_CONSTANT = 3
const MOST_TAKEN = 40

/** A file with its tokens. */
interface Source extends SourceTokens {
  text: string
}

export function readQuerySource(
  tokens: SourceTokens,
  text: string,
  position: number,
  file: string,
): QuerySource | undefined {
  const source: Source = { ...tokens, text }
  const chain = chainAround(tokens, position)
  if (!chain || chain.calls.length === 0) return undefined
  const expression = withSqlText(source, chain, slice(source, chain.start, chain.end))
  if (expression.length > LONGEST_EXPRESSION || holdsSecret(expression)) return undefined
  const found = enclosingLoop(tokens, chain.start)
  const loop = found && readLoop(source, found, chain)
  const imported = namesImported(source)
  return {
    expression: outdented(expression),
    result: resultOf(source, chain, found),
    isTyped: /\.[cm]?tsx?$/.test(file),
    modules: isModule(source, file) ? 'import' : 'require',
    imported,
    taken: namesTaken(source, imported),
    ...(loop ? { loop } : {}),
  }
}

/** A long word of letters and digits: a key or a token, which is quoted nowhere. */
function holdsSecret(text: string): boolean {
  const words = text.match(/[A-Za-z0-9+/=_-]{24,}/g) ?? []
  return words.some((word) => /\d/.test(word) && /[a-z]/i.test(word))
}

function slice({ text, starts, ends }: Source, from: number, to: number): string {
  return from < to ? text.slice(starts[from], ends[to - 1]) : ''
}

/** Lines of code that stood deep in a function, as deep as one that stands on its own. */
function outdented(code: string): string {
  const [first = '', ...lines] = code.split('\n')
  // White space in a template is part of its text.
  if (lines.length === 0 || code.includes('`')) return code
  const depths = lines.map((line) => line.length - line.trimStart().length)
  const least = Math.min(...depths)
  return [first, ...lines.map((line) => `  ${line.slice(least)}`)].join('\n')
}

function readLoop(source: Source, loop: EnclosingLoop, chain: CallChain): SourceLoop | undefined {
  const [from, to] = loop.over
  const over = slice(source, from, to)
  const each = patternOf(source, loop.each)
  if (!each || !isCheap(source, from, to)) return undefined
  const constants = constantsBetween(source, loop.body, chain.start)
  for (const other of loop.others)
    for (const name of namesIn(source, ...other)) constants.set(name, undefined)
  const substituted = substitute(source, chain.start, chain.end, constants)
  const expression = substituted !== undefined && holdsSecret(substituted) ? undefined : substituted
  return {
    over,
    isArray: isArray(source, loop, over),
    each: each.text,
    names: each.names,
    ...(expression === undefined ? {} : { expression: outdented(withSqlText(source, chain, expression)) }),
    isConditional: hasCondition(source, loop.body, chain.start),
    mayAwait: mayAwait(source, loop.start),
    isNested: enclosingLoop(source, loop.start) !== undefined,
  }
}

/** A name or a pattern without its type; `undefined` where it has a default value. */
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
    text: slice(source, from, end),
    names: isPattern ? namesIn(source, from, end) : [texts[from] as string],
  }
}

/** Names that a pattern binds: not the keys before a colon. */
function namesIn({ texts }: Source, from: number, to: number): string[] {
  const names: string[] = []
  for (let at = from; at < to; at++) {
    if (isName(texts[at]) && texts[at + 1] !== ':') names.push(texts[at] as string)
  }
  return names
}

const PURE_CALLS = /^(?:filter|slice|values|keys|entries|map|flat|flatMap|concat|toSorted|toReversed)$/

/** It may be evaluated once more: names, members and calls that change nothing. */
function isCheap({ texts }: Source, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (texts[at] === 'await' || texts[at] === 'yield' || texts[at] === '=') return false
    if (texts[at + 1] === '(' && isName(texts[at]) && !PURE_CALLS.test(texts[at] as string)) return false
  }
  return true
}

/** Calls of Drizzle that give a list. */
const LISTS = new Set(['select', 'selectDistinct', 'selectDistinctOn', 'findMany'])
const OF_ARRAYS = /^(?:map|flatMap|filter|some|every|find|length|push|slice|at|sort|toSorted)$/

function isArray(source: Source, { over: [from, to], callee }: EnclosingLoop, over: string): boolean {
  const { texts } = source
  if (texts[to] === '.' && callee !== undefined && OF_ARRAYS.test(callee)) return true
  if (over.endsWith('.rows')) return true
  if (to !== from + 1) return false
  return texts.some((text, at) => {
    if (text !== over || texts[at - 1] === '.') return false
    if (texts[at + 1] === '.') return OF_ARRAYS.test(texts[at + 2] ?? '')
    if (texts[at + 1] === '=' && texts[at + 2] === 'await') {
      return LISTS.has(readChain(source, at + 3)?.calls[0]?.name ?? '')
    }
    const isRows = text === 'rows' && texts[at - 1] === '{' && texts[at + 1] === '}'
    return isRows || (texts[at - 2] === 'rows' && texts[at - 1] === ':')
  })
}

type Constants = Map<string, string | undefined>

/** What is declared between two positions; without a value where it cannot be put in the place of its name. */
function constantsBetween(source: Source, from: number, to: number): Constants {
  const { texts, partners, parents } = source
  const constants: Constants = new Map()
  for (let at = from; at < to; at++) {
    const isConstant = texts[at] === 'const'
    if (!isConstant && texts[at] !== 'let' && texts[at] !== 'var') continue
    const isPattern = texts[at + 1] === '{' || texts[at + 1] === '['
    const end = isPattern ? (partners[at + 1] as number) + 1 : at + 2
    // `const name: Type = …`
    let equals = end
    while (equals < to && texts[equals] !== '=' && (parents[equals] !== parents[at] || texts[equals] !== ';'))
      equals++
    const value = isConstant && texts[equals] === '=' ? valueAt(source, equals + 1, to) : undefined
    const resolved = value && substitute(source, ...value, constants)
    if (!isPattern) {
      constants.set(texts[at + 1] as string, resolved)
      continue
    }
    for (const name of namesIn(source, at + 1, end)) constants.set(name, undefined)
    if (texts[at + 1] !== '{' || resolved === undefined || !/^[\w$.]+$/.test(resolved)) continue
    for (const [first, behind] of argumentsOf(source, at + 1)) {
      const name = texts[behind - 1] as string
      const isPlain = behind === first + 1 || (behind === first + 3 && texts[first + 1] === ':')
      if (isPlain && isName(texts[first])) constants.set(name, `${resolved}.${texts[first]}`)
    }
  }
  return constants
}

/** A chain, an object or a text that is all of a value; nothing else can safely stand where its name stood. */
function valueAt(source: Source, from: number, to: number): [number, number] | undefined {
  const { texts, partners, begins } = source
  const isObject = texts[from] === '{' || texts[from] === '['
  const end = isObject
    ? (partners[from] as number) + 1
    : texts[from] === TEXT
      ? from + 1
      : (readChain(source, from)?.end ?? -1)
  if (end <= from || end > to) return undefined
  return texts[end] === ';' || texts[end] === ',' || begins[end] ? [from, end] : undefined
}

/** The source between two tokens with constants in the places of their names; `undefined` where one has no value. */
function substitute(
  source: Source,
  from: number,
  to: number,
  constants: Constants,
  depth = 0,
): string | undefined {
  const { texts, starts, ends, parents, text } = source
  if (depth > DEEPEST_CONSTANT) return undefined
  let result = ''
  let done = starts[from] as number
  for (let at = from; at < to; at++) {
    const name = texts[at] as string
    if (texts[at] === 'await') return undefined
    if (!isName(name) || !constants.has(name) || texts[at - 1] === '.' || texts[at - 1] === '?.') continue
    const inObject = texts[parents[at] as number] === '{' && (texts[at - 1] === '{' || texts[at - 1] === ',')
    if (inObject && texts[at + 1] === ':') continue
    const value = constants.get(name)
    if (value === undefined) return undefined
    const isShort = inObject && (texts[at + 1] === ',' || texts[at + 1] === '}')
    result += `${text.slice(done, starts[at])}${isShort ? `${name}: ` : ''}${value}`
    done = ends[at] as number
  }
  result += text.slice(done, ends[to - 1])
  return result.length > LONGEST_EXPRESSION ? undefined : result
}

/** A text that has a name of its own in the file: `pool.query(LATEST, [id])`. */
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
    () => `(${slice(source, at + 2, at + 3)}`,
  )
}

function hasCondition({ texts }: Source, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (['if', 'continue', '?', '&&', '||', '??', 'switch', 'try'].includes(texts[at] as string)) return true
  }
  return false
}

/** Ends a statement before what follows. */
const ENDS = new Set([';', '{', '}', ')'])

function resultOf(source: Source, chain: CallChain, loop: EnclosingLoop | undefined): QuerySource['result'] {
  const { texts, partners } = source
  const first = texts[chain.start - 1] === 'await' ? chain.start - 1 : chain.start
  const before = texts[first - 1] as string
  const after = texts[chain.end] as string
  if (isStatement(source, first, chain.end)) return 'unused'
  if (before === '=>' && loop?.callee !== undefined && isAwaitedTogether(source, loop)) return 'unused'
  if (before === '(' && after === ')' && texts[chain.end + 1] === '.' && texts[chain.end + 2] === 'rows')
    return 'rows'
  if (before !== '=') return 'used'
  if (texts[first - 2] !== '}') return onlyRowsAreRead(source, first) ? 'rows' : 'used'
  const open = partners[first - 2] as number
  return texts[open + 1] === 'rows' && argumentsOf(source, open).length === 1 ? 'rows' : 'used'
}

/** Of the variable that gets the result. */
function onlyRowsAreRead({ texts, partners, parents }: Source, first: number): boolean {
  const name = texts[first - 2]
  const isOfBlock = texts[first - 3] === 'const' || texts[first - 3] === 'let'
  const block = isOfBlock ? (parents[first] as number) : -1
  const end = block < 0 ? texts.length : (partners[block] as number)
  let isRead = false
  for (let at = first; at < end; at++) {
    if (texts[at] !== name || texts[at - 1] === '.') continue
    const isKey = texts[at + 1] === ':' && (texts[at - 1] === '{' || texts[at - 1] === ',')
    if (isKey) continue
    if (texts[at + 1] !== '.' || texts[at + 2] !== 'rows') return false
    isRead = true
  }
  return isRead
}

/** Nothing is done with its value. */
function isStatement({ texts, begins }: Source, first: number, end: number): boolean {
  const ends = texts[end] === undefined || texts[end] === ';' || texts[end] === '}' || begins[end] === true
  return (
    ends &&
    (ENDS.has(texts[first - 1] as string) ||
      (begins[first] === true && !/^[=(,?:+]|=>$/.test(texts[first - 1] ?? '')))
  )
}

/** `await Promise.all(rows.map(…))` as a statement. */
function isAwaitedTogether(source: Source, { start }: EnclosingLoop): boolean {
  const { texts, partners, parents } = source
  const open = parents[start] as number
  if (open < 0 || texts[open - 3] !== 'Promise' || texts[open - 4] !== 'await') return false
  return isStatement(source, open - 4, (partners[open] as number) + 1)
}

function isModule({ texts }: Source, file: string): boolean {
  if (/\.[cm]ts$|\.mjs$|\.tsx?$/.test(file)) return !file.endsWith('.cts')
  return texts.includes('import') && texts.includes('from') && !file.endsWith('.cjs')
}

const DRIZZLE = 'drizzle-orm'

/** From `import { eq } from 'drizzle-orm'` and `const { eq } = require('drizzle-orm')`. */
function namesImported(source: Source): string[] {
  const { texts, partners } = source
  const names: string[] = []
  texts.forEach((text, at) => {
    if (text !== TEXT || slice(source, at, at + 1).slice(1, -1) !== DRIZZLE) return
    const close = texts[at - 1] === 'from' ? at - 2 : texts[at - 2] === 'require' ? at - 4 : -1
    if (texts[close] !== '}') return
    for (const [from, to] of argumentsOf(source, partners[close] as number)) {
      if (to === from + 1) names.push(texts[from] as string)
    }
  })
  return names
}

/** What a remedy imports. */
const IMPORTABLE = new Set('and or eq inArray lte sql count getTableColumns getColumns'.split(' '))
/** What a remedy declares. */
const DECLARABLE = /(?:By[A-Z]|(?:Found|Ranked|Counted)\d*$|^new[A-Z]|^keyOf[A-Z])/

function namesTaken({ texts }: Source, imported: readonly string[]): string[] {
  const taken = new Set<string>()
  for (const [at, text] of texts.entries()) {
    if (!isName(text) || texts[at - 1] === '.' || imported.includes(text)) continue
    if (IMPORTABLE.has(text) ? texts[at + 1] !== ':' : DECLARABLE.test(text)) taken.add(text)
  }
  return [...taken].sort().slice(0, MOST_TAKEN)
}
