// The constants of a loop's body, and an expression with their values instead of their names, so that it can be evaluated
// before the loop.
import { argumentsOf, isName, readChain } from '../../source/call-chain.ts'
import { TEXT } from '../../source/tokens.ts'
import { namesOfPattern, type Source } from './source-text.ts'

/** A longer expression is not worth pasting. */
export const LONGEST_EXPRESSION = 3000

/** Values by name; `undefined` for a name whose value cannot replace it. */
export type Constants = Map<string, string | undefined>

/** The names that are declared between two tokens. */
export function constantsBetween(source: Source, from: number, to: number): Constants {
  const { texts, partners, parents } = source
  const constants: Constants = new Map()
  for (let at = from; at < to; at++) {
    const isConstant = texts[at] === 'const'
    if (!isConstant && texts[at] !== 'let' && texts[at] !== 'var') continue
    const isPattern = texts[at + 1] === '{' || texts[at + 1] === '['
    const end = isPattern ? (partners[at + 1] as number) + 1 : at + 2
    // A type may come before the value: `const name: Type = …`.
    let equals = end
    while (equals < to && texts[equals] !== '=' && (parents[equals] !== parents[at] || texts[equals] !== ';'))
      equals++
    const value = isConstant && texts[equals] === '=' ? valueAt(source, equals + 1, to) : undefined
    const resolved = value && substitute(source, ...value, constants)
    if (!isPattern) {
      constants.set(texts[at + 1] as string, resolved)
      continue
    }
    for (const name of namesOfPattern(source, at + 1, end)) constants.set(name, undefined)
    if (texts[at + 1] !== '{' || resolved === undefined || !/^[\w$.]+$/.test(resolved)) continue
    for (const [first, behind] of argumentsOf(source, at + 1)) {
      const name = texts[behind - 1] as string
      const isPlain = behind === first + 1 || (behind === first + 3 && texts[first + 1] === ':')
      if (isPlain && isName(texts[first])) constants.set(name, `${resolved}.${texts[first]}`)
    }
  }
  return constants
}

/** A value that is one chain, one object or one text: only such a value can safely replace its name. */
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

/** The source between two tokens with values instead of the names of constants; `undefined` when a value is unknown. */
export function substitute(
  source: Source,
  from: number,
  to: number,
  constants: Constants,
): string | undefined {
  const { texts, starts, ends, parents, text } = source
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
