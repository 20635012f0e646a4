// pg-loupe/vitest/setup, for `setupFiles`: traces every test with the default profiler, and adds the matchers.
import { traceTests } from './index.ts'

traceTests()
