// pg-loupe/mocha, for `--require`: traces every test of mocha with the default profiler, and ends the run with a summary.
import { profilerOfTests } from '../../src/runners/traced-test.ts'
import { type LoupeHooks, loupeHooks } from './hooks.ts'

const hooks: LoupeHooks = loupeHooks()

export const mochaHooks: LoupeHooks['mochaHooks'] = hooks.mochaHooks
export const mochaGlobalTeardown: LoupeHooks['mochaGlobalTeardown'] = hooks.mochaGlobalTeardown

// Created before the application creates a default profiler, which would print.
profilerOfTests()
