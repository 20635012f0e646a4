// Whether the call at a position passes a request to the next middleware: `next()` in Express, connect, koa and fastify, called
// or awaited. The middleware after it runs on the same stack, but is not called by the application's code there.
import type { SourceTokens } from '../../source/tokens.ts'

export function callsNext({ texts }: SourceTokens, position: number): boolean {
  const name = texts[position] === 'await' ? position + 1 : position
  const before = texts[name - 1]
  return NEXT.test(texts[name] ?? '') && texts[name + 1] === '(' && before !== '.' && before !== '?.'
}

/** Fastify's hooks name it `done`. A leading underscore tells linters that it is unused. */
const NEXT = /^_*(?:next|done)$/
