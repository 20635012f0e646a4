// Writes the values of all turns of a loop with the loop's own variables: `orders.map((order) => order.id)`.
import { argumentsOf, isName } from '../../source/call-chain.ts'
import { readTokens } from '../../source/tokens.ts'
import type { QuerySource, SourceLoop } from '../../types/query.ts'

/** A list with the value of each turn. */
export function valuesOf(loop: SourceLoop, value: string): string {
  const { over, isArray, isConditional } = loop
  if (value === loop.each && !isConditional) return isArray ? inBrackets(over) : `[...${inBrackets(over)}]`
  const each = namesUsed(loop.each, value)
  // A turn that sends no query may have no value.
  if (isConditional) {
    return `${isArray ? inBrackets(over) : `[...${inBrackets(over)}]`}.flatMap((${each}) => ${value} ?? [])`
  }
  return isArray
    ? `${inBrackets(over)}.map((${each}) => ${value})`
    : `Array.from(${over}, (${each}) => ${value})`
}

/** The part of a pattern such as `{ id, name }` that a value needs. */
function namesUsed(pattern: string, value: string): string {
  if (!pattern.startsWith('{') || pattern.includes('...')) return pattern
  const tokens = readTokens(pattern)
  const used = new Set(readTokens(value).texts.filter(isName))
  const parts = argumentsOf(tokens, 0).flatMap(([from, to]) => {
    const names = tokens.texts.slice(from, to).filter(isName)
    return names.some((name) => used.has(name))
      ? [pattern.slice(tokens.starts[from], tokens.ends[to - 1])]
      : []
  })
  return `{ ${parts.join(', ')} }`
}

function inBrackets(over: string): string {
  return /^[\w$.()[\]'"]+$/.test(over) ? over : `(${over})`
}

/** The name, with a number if the file uses it already. */
export function newName(name: string, { taken }: QuerySource): string {
  if (!taken.includes(name)) return name
  for (let number = 2; ; number++) if (!taken.includes(`${name}${number}`)) return `${name}${number}`
}

export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
