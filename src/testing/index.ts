// pg-loupe/testing: assertions for any test runner. Each assertion runs the code in its own trace, so that tests may run at
// the same time, and counts the queries of that trace and of the requests that it made to servers in the same process.
export { type CapturedQueries, captureQueries } from './capture-queries.ts'
export { type ConstantQueriesOptions, expectConstantQueries } from './expect-constant-queries.ts'
export { expectNoFindings, type NoFindingsOptions } from './expect-no-findings.ts'
export { expectNoNPlusOne, type NoNPlusOneOptions } from './expect-no-n-plus-one.ts'
export { expectQueryCount, type QueryCountOptions } from './expect-query-count.ts'
export { QueryAssertionError } from './query-assertion-error.ts'
export type { Inconclusive } from './verdict.ts'
