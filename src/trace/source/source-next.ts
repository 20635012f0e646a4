// Whether what stands at a position hands a request on: `next()` of a chain of middleware (Express, connect, koa, fastify), called
// or awaited. What comes after it in the chain runs below that frame on the stack, but is not called by it.
import type { SourceTokens } from '../../source/tokens.ts'

export function callsNext({ texts }: SourceTokens, position: number): boolean {
  const name = texts[position] === 'await' ? position + 1 : position
  const before = texts[name - 1]
  return NEXT.test(texts[name] ?? '') && texts[name + 1] === '(' && before !== '.' && before !== '?.'
}

/** Fastify's hooks call it `done`; an underscore is put before what a linter takes for unused. */
const NEXT = /^_*(?:next|done)$/
