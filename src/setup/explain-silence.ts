// Notices about queries that are captured and about which nobody is told anything: a test environment without a test runner,
// tests that nobody collects, and a test run whose tests are not traced.
import type { Notice } from './notice.ts'
import type { RunnerName, SetupFacts } from './setup-facts.ts'

/** Outside of test runners. Reporters that the application has chosen to leave out are its own business. */
export function explainSilence({ nodeEnv, profilers, sources, surroundings }: SetupFacts): Notice[] {
  if (nodeEnv !== 'test' || surroundings?.tests) return []
  const silent = profilers.findIndex(
    ({ outputs }, index) =>
      outputs?.length === 0 && sources.some(({ profiler, uses }) => profiler === index && uses.captured > 0),
  )
  return silent < 0 ? [] : [silentInTest(profilers[silent]?.isDefault === true)]
}

export function silentInTest(isDefault: boolean): Notice {
  return {
    id: 'silent-in-test',
    key: 'silent-in-test',
    level: 'fault',
    seen: 'NODE_ENV is test, where nothing is printed, and this is no test of a runner that pg-loupe knows.',
    lost: 'Queries were captured, and findings are reported nowhere.',
    nextStep: isDefault
      ? 'Set PG_LOUPE_CONSOLE=1 in the environment of the process.'
      : "createProfiler({ console: 'requests' })",
  }
}

interface RunnerSteps {
  /** The settings that are needed to trace tests and to report their queries. */
  setUp: string
  report: string
}

const STEPS: Readonly<Record<RunnerName, RunnerSteps>> = {
  vitest: {
    setUp: "setupFiles: ['pg-loupe/vitest/setup']",
    report: "reporters: ['default', 'pg-loupe/vitest/reporter']",
  },
  jest: {
    setUp: "setupFilesAfterEnv: ['pg-loupe/jest/setup']",
    report: "reporters: ['default', 'pg-loupe/jest/reporter']",
  },
  mocha: { setUp: '"require": ["pg-loupe/mocha"]', report: '"require": ["pg-loupe/mocha"]' },
  'node:test': {
    setUp: 'node --require pg-loupe/node-test --test',
    report: 'node --require pg-loupe/node-test --test',
  },
}

export function explainTests({ isRegistered, profilers, sources, surroundings }: SetupFacts): Notice[] {
  const { runner, hasSetUp, traced } = surroundings?.tests ?? {}
  if (!runner) return []
  const outputs = profilers.flatMap((profiler) => profiler.outputs ?? [])
  if (hasSetUp) return traced && outputs.length === 0 ? [testsNotReported(runner)] : []
  // Assertions need no set-up file, and under `pg-loupe run` requests are traced without one.
  if (outputs.includes('asked') || isRegistered) return []
  const isUsed = sources.some(({ uses }) => Object.values(uses).some((count) => count > 0))
  const isCollected = outputs.includes('collected')
  // A sandbox of Jest may end before its uses are written.
  return isUsed || isCollected ? [testsNotTraced(runner, isCollected)] : []
}

export function testsNotReported(runner: RunnerName): Notice {
  return {
    id: 'tests-not-reported',
    key: 'tests-not-reported',
    level: 'fault',
    seen: `The set-up file of pg-loupe traces the tests of ${runner}, and no reporter collects what they send.`,
    lost: 'Findings are reported nowhere, except by matchers and assertions.',
    nextStep: STEPS[runner].report,
  }
}

export function testsNotTraced(runner: RunnerName, isCollected: boolean): Notice {
  const { setUp, report } = STEPS[runner]
  return {
    id: 'tests-not-traced',
    key: 'tests-not-traced',
    level: 'fault',
    seen: isCollected
      ? `The reporter of pg-loupe is in use, and its set-up file is not among those of ${runner}.`
      : `Tests of ${runner} send queries, and the set-up file of pg-loupe is not among those of the runner.`,
    lost: isCollected
      ? 'Queries that tests send without a request belong to no test, and are only counted.'
      : 'Queries of tests are in no trace, and findings are reported nowhere.',
    nextStep: isCollected || setUp === report ? setUp : `${setUp}, ${report}`,
  }
}
