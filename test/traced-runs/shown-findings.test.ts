// A finding in the message of an assertion that failed a test is not printed a second time by the summary of the run.
import { describe } from 'vitest'
import {
  FAILS,
  FAILS_BY_COUNT,
  FAILS_BY_DONE,
  FAILS_BY_MATCHER,
  runNodeTest,
  runVitest,
  testFailures,
  testOtherTests,
} from './run-failing-tests.ts'

describe('vitest', () => testFailures(runVitest, [FAILS, FAILS_BY_COUNT, FAILS_BY_MATCHER]))

describe('node:test', () => {
  testFailures(runNodeTest, [FAILS, FAILS_BY_COUNT, FAILS_BY_DONE])
  testOtherTests(runNodeTest)
})
