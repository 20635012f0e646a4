// Only compiled: vitest's `expect` knows the matchers and their arguments.
import type {} from 'pg-loupe/vitest'
import LoupeReporter, { type RunOptions } from 'pg-loupe/vitest/reporter'
import { expect, test } from 'vitest'

const options: RunOptions = { outputs: { json: 'report.json' }, failOn: 'new' }
new LoupeReporter(options)

test('types', async () => {
  const fn = async () => [1]
  await expect(fn).toHaveNoNPlusOne()
  await expect(fn).not.toHaveNoFindings({ minSeverity: 'error' })
  await expect(fn).toHaveQueryCount(2)
  await expect(fn).toHaveQueryCount({ max: 2, matching: /books/ })
  await expect((size: number) => fn().then((all) => all.slice(size))).toHaveConstantQueries({
    scales: [2, 3],
  })
  // @ts-expect-error a word is no number of queries
  await expect(fn).toHaveQueryCount('two')
  // @ts-expect-error there is no such severity
  await expect(fn).toHaveNoFindings({ minSeverity: 'fatal' })
})
