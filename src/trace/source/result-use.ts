// Reads how the source uses the result of a query: not at all, only its `rows`, or in any other way.
import { argumentsOf, type CallChain } from '../../source/call-chain.ts'
import type { QuerySource } from '../../types/query.ts'
import type { EnclosingLoop } from './enclosing-loop.ts'
import type { Source } from './source-text.ts'

export function resultOf(
  source: Source,
  chain: CallChain,
  loop: EnclosingLoop | undefined,
): QuerySource['result'] {
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

/** Whether only the `rows` of the variable that gets the result are read. */
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

const BEFORE_STATEMENT = new Set([';', '{', '}', ')'])

/** Whether the expression is a whole statement, whose value is dropped. */
function isStatement({ texts, begins }: Source, first: number, end: number): boolean {
  const ends = texts[end] === undefined || texts[end] === ';' || texts[end] === '}' || begins[end] === true
  return (
    ends &&
    (BEFORE_STATEMENT.has(texts[first - 1] as string) ||
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
