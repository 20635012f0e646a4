// Only compiled: jest's global `expect` knows the matchers, as @types/jest declares it.
import { matchers, traceTests } from 'pg-loupe/jest'

declare const matcher: jest.Matchers<void, () => Promise<void>>

export async function types(): Promise<void> {
  traceTests()
  matchers()
  await matcher.toHaveNoNPlusOne()
  await matcher.toHaveQueryCount({ max: 2 })
  // @ts-expect-error a word is no number of queries
  await matcher.toHaveQueryCount('two')
}
