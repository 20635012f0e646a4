// pg-loupe/node-test: `node --require pg-loupe/node-test --test` traces every test of node:test without a change to it. The
// runner starts a process for each file and hands the argument on; what they collect is read when the runner is done. With
// `--import` the runner does not load it, only the files' processes do, and there is no summary.

import { reportAtEnd } from './report-at-end.ts'
import { traceTests } from './trace-tests.ts'

const isRunner = process.execArgv.some((argument) => argument === '--test')
const isOneProcess = process.execArgv.some((argument) =>
  /^--(?:experimental-)?test-isolation=none$/.test(argument),
)
/** Set by the runner for the processes of the files. */
const isFile = process.env.NODE_TEST_CONTEXT !== undefined

if (!isFile) reportAtEnd()
// In the runner itself a hook would begin a test run of its own.
if (!isRunner || isOneProcess) traceTests()
