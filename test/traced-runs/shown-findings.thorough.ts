// The same in vitest where another test has the finding too, and where an assertion does not decide about its test.
import { describe, expect, test } from 'vitest'
import {
  COUNTED,
  IN_SUMMARY,
  IS_EXPECTED_TO_FAIL,
  OF_THE_TEST,
  RETRIES,
  runVitest,
  testOtherTests,
} from './run-failing-tests.ts'

describe('vitest', () => testOtherTests(runVitest))

test('vitest prints findings that only a first attempt, or a test expected to fail, has shown', async () => {
  for (const source of [RETRIES, IS_EXPECTED_TO_FAIL]) {
    const { summary } = await runVitest([source])
    expect(summary, source).toMatch(IN_SUMMARY)
    expect(summary, source).not.toContain('shown by the assertions')
  }
})

test('a finding of the test’s own calls is shown by its assertion, also when the test made the calls before', async () => {
  const { summary, report } = await runVitest([OF_THE_TEST])
  expect(report.findings).toMatchObject([{ detector: 'n-plus-one', occurrenceCount: 2 }])
  expect(summary).toContain(COUNTED)
  expect(summary).not.toContain('✖ N+1')
})
