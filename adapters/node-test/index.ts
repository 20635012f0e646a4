// pg-loupe/node-test: `node --require pg-loupe/node-test --test` traces every test of node:test without changes to the tests.
// The runner starts a process for each file with the same argument; their traces are read when the runner has finished. With
// `--import` only the processes of the files load this module, not the runner, so there is no summary.

import { reportAtEnd } from './report-at-end.ts'
import { traceTests } from './trace-tests.ts'

const isRunner = process.execArgv.some((argument) => argument === '--test')
const isOneProcess = process.execArgv.some((argument) =>
  /^--(?:experimental-)?test-isolation=none$/.test(argument),
)
/** The runner sets this variable in the processes of the files. */
const isFile = process.env.NODE_TEST_CONTEXT !== undefined

if (!isFile) reportAtEnd()
// In the runner itself a hook would start a test run of its own.
if (!isRunner || isOneProcess) traceTests()
