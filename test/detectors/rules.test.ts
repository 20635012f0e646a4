// Tests detectors that users add by the option `detectors.rules`: how they are checked, configured, suppressed, judged and
// printed, and that their errors stay out of the application.
import { describe, expect, test, vi } from 'vitest'
import { createProfiler, defineDetector, identify } from '../../src/index.ts'
import { checkOptions } from '../../src/profiler/options.ts'
import { baselineOf } from '../../src/report/baseline.ts'
import { judge } from '../../src/report/gate.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import { runAnalysis } from '../../src/report/run-analysis.ts'
import { fingerprint } from '../../src/sql/index.ts'
import type { CrossTraceDetector, Detector } from '../../src/types/detector.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Report } from '../../src/types/report.ts'
import type { Trace } from '../../src/types/trace.ts'
import { q, trace } from '../trace-builder.ts'

const SLEEP = 'select pg_sleep(1)'

/** Finds the statements that sleep. */
const sleepy = defineDetector({
  meta: {
    id: 'sleepy-query',
    title: 'A query that sleeps',
    severity: 'warning',
    description: 'The database waits.',
    url: 'https://example.org/sleepy-query',
    page: '# sleepy-query\n\nThe database waits.\n',
    defaults: { minQueries: 1 },
  },
  detect: (found, { minQueries }) => {
    const indexes = found.queries.flatMap(({ sql }, index) => (sql.includes('pg_sleep') ? [index] : []))
    return indexes.length < minQueries ? [] : [sleepyFinding(found, indexes)]
  },
})

function sleepyFinding(found: Trace, queries: readonly number[], id = 'sleepy-query'): Finding {
  const { sql = '', callSite = [] } = found.queries[queries[0] ?? -1] ?? {}
  const { key, text } = fingerprint(sql)
  return {
    ...identify(id, { trace: found, queries, callSite, statement: key }),
    severity: 'warning',
    confidence: 'proven',
    title: 'A query that sleeps',
    detail: 'It sleeps.',
    remediation: 'Do not sleep.',
    cost: { queries: 0, roundTrips: 0 },
    evidence: [{ label: 'query', text }],
  }
}

const asleep = trace('GET /sleep', q(SLEEP, [], { at: 'sleep.ts:3:9 rest' }))

async function analyze(
  options: object,
  ...traces: readonly Trace[]
): Promise<{ report: Report; problems: string[] }> {
  const { detectors, suppress } = checkOptions(options)
  const problems: string[] = []
  const report = await runAnalysis(traces, {
    detectors,
    rules: { entries: suppress },
    problem: (message) => problems.push(message),
    cut: () => ({}),
  })
  return { report, problems }
}

const found = async (options: object, ...traces: readonly Trace[]) =>
  (await analyze(options, ...traces)).report.findings.map(({ detector }) => detector)

describe('options', () => {
  test('a detector in rules runs with its defaults', async () => {
    expect(await found({ detectors: { rules: [sleepy] } }, asleep)).toEqual(['sleepy-query'])
    expect(await found({}, asleep)).toEqual([])
  })

  test('a detector in rules takes its options, and false switches it off', async () => {
    expect(
      await found({ detectors: { rules: [sleepy], 'sleepy-query': { minQueries: 2 } } }, asleep),
    ).toEqual([])
    expect(await found({ detectors: { rules: [sleepy], 'sleepy-query': false } }, asleep)).toEqual([])
  })

  const withMeta = (meta: object) => ({ ...sleepy, meta: { ...sleepy.meta, ...meta } })

  test.each([
    [{ rules: sleepy }, 'option detectors.rules got {"meta":{', 'but takes an array of detectors'],
    [{ rules: ['./sleepy.js'] }, 'option detectors.rules.0 got "./sleepy.js"', 'pg-loupe.config file'],
    [
      { rules: [() => []] },
      'option detectors.rules.0 got a function',
      'meta with id, title, severity and defaults',
    ],
    [
      { rules: [withMeta({ id: 'Sleepy' })] },
      'option detectors.rules.0',
      'lower-case words joined by hyphens',
    ],
    [{ rules: [withMeta({ id: 'rules' })] }, 'option detectors.rules.0', 'another meta.id than rules'],
    [{ rules: [withMeta({ title: '' })] }, 'option detectors.rules.0', 'a meta.title that is not empty'],
    [{ rules: [withMeta({ severity: 'fatal' })] }, 'option detectors.rules.0', 'one of error, warning, info'],
    [{ rules: [withMeta({ defaults: { name: 'x' } })] }, 'option detectors.rules.0', 'as meta.defaults.name'],
    [{ rules: [withMeta({ isLoop: 'yes' })] }, 'option detectors.rules.0', 'true or false as meta.isLoop'],
    [
      { rules: [{ meta: sleepy.meta }] },
      'option detectors.rules.0',
      'the function detect, or the functions observe',
    ],
    [{ rules: [withMeta({ id: 'n-plus-one' })] }, 'option detectors.rules.0', 'n-plus-one is taken'],
    [{ rules: [sleepy, withMeta({})] }, 'option detectors.rules.1', 'sleepy-query is taken'],
    [
      { rules: [sleepy], 'sleepy-query': { minQueries: 0 } },
      'detectors.sleepy-query.minQueries got 0',
      'at least 1',
    ],
    [
      { rules: [sleepy], 'sleepy-query': { most: 1 } },
      'there is no option detectors.sleepy-query.most',
      'minQueries',
    ],
    [{ 'sleepy-query': {} }, 'there is no option detectors.sleepy-query', 'rules'],
  ])('wrong detectors are refused with what they take: %s %s %s', (detectors, got, takes) => {
    const check = () => checkOptions({ detectors })
    expect(check).toThrow(got)
    expect(check).toThrow(takes)
  })

  test('the same detector twice is one detector', () => {
    expect(checkOptions({ detectors: { rules: [sleepy, sleepy] } }).detectors.rules).toEqual([sleepy])
  })
})

describe('suppression', () => {
  test('an entry of suppress may name the detector', async () => {
    const suppress = [{ detector: 'sleepy-query', reason: 'a demo' }]
    const { report } = await analyze({ detectors: { rules: [sleepy] }, suppress }, asleep)
    expect(report.findings).toEqual([])
    expect(report.suppressions).toMatchObject([{ state: 'used', findings: 1 }])
    expect(() => checkOptions({ suppress })).toThrow('option suppress.0.detector got "sleepy-query"')
  })

  test('a comment in the statement may name the detector', async () => {
    const commented = trace('GET /sleep', q(`${SLEEP} /* pg-loupe-ignore sleepy-query: a demo */`))
    const { report } = await analyze({ detectors: { rules: [sleepy] } }, commented)
    expect(report.findings).toEqual([])
    expect(report.suppressions).toMatchObject([{ state: 'used', detectors: ['sleepy-query'] }])
    expect((await analyze({}, commented)).report.suppressions).toMatchObject([{ state: 'invalid' }])
  })
})

describe('errors', () => {
  const broken = (detect: () => unknown): Detector => ({ ...sleepy, detect: detect as () => Finding[] })
  const wrong = (change: object) => broken(() => [{ ...sleepyFinding(asleep, [0]), ...change }])

  test.each([
    [
      broken(() => {
        throw new Error('no idea')
      }),
      'failed: Error\n',
    ],
    [broken(() => undefined), 'it has to return an array of findings, not undefined'],
    [broken(() => Promise.reject(new Error('late'))), 'it has to return an array of findings'],
    [wrong({ severity: 'fatal' }), 'its finding 0 needs ("error" | "warning" | "info") as severity'],
    [wrong({ detector: 'n-plus-one' }), 'its finding 0 needs sleepy-query as detector'],
    [wrong({ key: 'n-plus-one | x' }), 'its finding 0 needs a key that begins with "sleepy-query | "'],
    [wrong({ occurrences: [] }), 'its finding 0 needs an occurrence'],
    [wrong({ statements: [] as unknown[], title: 1 }), 'its finding 0 needs string as title'],
  ])('a failing detector is counted each time and shown once (%#)', async (rule, message) => {
    const { report, problems } = await analyze({ detectors: { rules: [rule] } }, asleep, asleep)
    expect(report.findings).toEqual([])
    expect(report.cut.internalErrors).toBe(2)
    expect(problems).toEqual([expect.stringContaining(`the detector sleepy-query failed: `)])
    expect(problems[0]).toContain(message)
  })

  test('a failing detector neither reaches the application nor keeps other detectors from finding', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const failing: Detector = {
      ...sleepy,
      meta: { ...sleepy.meta, id: 'failing' },
      detect: () => {
        throw new Error('no idea')
      },
    }
    const profiler = createProfiler({
      enabled: true,
      console: 'off',
      detectors: { rules: [failing, sleepy] },
    })
    const report = profiler.analyze([asleep, asleep])
    expect(report.findings).toMatchObject([{ detector: 'sleepy-query' }])
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('pg-loupe: the detector failing failed: Error\n')],
    ])
    expect(profiler.report().cut.internalErrors).toBe(2)
    warn.mockRestore()
  })
})

describe('reports', () => {
  test.each(Object.keys(reporters))('the format %s shows the finding', async (format) => {
    const { report } = await analyze({ detectors: { rules: [sleepy] } }, asleep)
    const text = reporters[format as keyof typeof reporters].render(report)
    expect(text).toContain('sleepy-query')
    expect(text).toContain('A query that sleeps')
  })

  test('SARIF and the HTML page carry the description of the detector', async () => {
    const { report } = await analyze({ detectors: { rules: [sleepy] } }, asleep)
    const [run] = JSON.parse(reporters.sarif.render(report)).runs
    expect(run.tool.driver.rules.at(-1)).toMatchObject({
      id: 'sleepy-query',
      shortDescription: { text: 'A query that sleeps' },
      fullDescription: { text: 'The database waits.' },
      helpUri: 'https://example.org/sleepy-query',
      help: { markdown: '# sleepy-query\n\nThe database waits.\n' },
    })
    expect(run.results).toMatchObject([
      { ruleId: 'sleepy-query', ruleIndex: run.tool.driver.rules.length - 1 },
    ])
    expect(reporters.html.render(report)).toContain('"sleepy-query":"https://example.org/sleepy-query"')
  })

  test('a report without detectors of the user does not describe any', async () => {
    expect((await analyze({}, asleep)).report).not.toHaveProperty('rules')
  })
})

describe('the gate', () => {
  const measured = { ...sleepy, meta: { ...sleepy.meta, isMeasured: true } }

  test('a finding fails a build and is accepted by a baseline', async () => {
    const { report } = await analyze({ detectors: { rules: [sleepy] } }, asleep)
    expect(judge(report, { failOn: 'new' }).passed).toBe(false)
    expect(judge(report, { failOn: 'new', baseline: baselineOf(report) }).passed).toBe(true)
  })

  test('a finding that depends on measured times does neither', async () => {
    const { report } = await analyze({ detectors: { rules: [measured] } }, asleep)
    expect(judge(report, { failOn: 'new' }).passed).toBe(true)
    expect(baselineOf(report).findings).toEqual([])
  })
})

test('a detector that needs several traces observes, merges and concludes', async () => {
  interface Slept {
    key: string
    traces: number
  }
  const rule: CrossTraceDetector<{ minTraces: number }, Slept> = {
    meta: { id: 'often-asleep', title: 'Often asleep', severity: 'info', defaults: { minTraces: 2 } },
    observe: ({ queries }) => (queries.length > 0 ? [{ key: 'any', traces: 1 }] : []),
    merge: (a, b) => ({ key: a.key, traces: a.traces + b.traces }),
    conclude: (seen, { minTraces }) =>
      seen.filter(({ traces }) => traces >= minTraces).map(() => sleepyFinding(asleep, [0], 'often-asleep')),
  }
  expect(await found({ detectors: { rules: [rule] } }, asleep)).toEqual([])
  expect(await found({ detectors: { rules: [rule] } }, asleep, asleep)).toEqual(['often-asleep'])
})
