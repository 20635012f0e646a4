// pg-loupe/jest/setup, for `setupFilesAfterEnv`: traces every test with the default profiler, and adds the matchers.
import { traceTests } from './index.ts'

traceTests()
