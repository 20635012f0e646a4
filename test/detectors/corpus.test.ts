// Runs the cases by which other tools test themselves with the default options. Cases that the corpus marks as contested, or
// as quiet only by its own tool's threshold, are decided here, each with its reason.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createProfiler } from '../../src/profiler/profiler.ts'
import type { Trace } from '../../src/types/trace.ts'

interface Case {
  id: string
  expected: 'n+1' | 'none'
  description: string
  contested?: string
  config?: unknown
  traces: Partial<Trace>[]
  findings?: { offenders: number[]; parent: number | null }[]
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL('../corpus/n-plus-one-cases.json', import.meta.url), 'utf8'),
)

/** Cases that are decided differently than by the tool they come from. */
const DECIDED: Record<string, { verdict: Case['expected']; because: string }> = {
  'sentry-np1-unparameterized': { verdict: 'none', because: 'one value ten times is a duplicate query' },
  'sentry-mn-mostly-http': {
    verdict: 'n+1',
    because: 'three inserts from one place are a loop, whatever share of the time they take',
  },
  'truta-below-threshold': { verdict: 'n+1', because: 'four different values from one place are a loop' },
  'truta-write-filter': { verdict: 'n+1', because: 'writes are not filtered out by default' },
  'perfsent-below': { verdict: 'n+1', because: 'four different values are a loop' },
  'perfsent-window': { verdict: 'n+1', because: 'a pause between its turns does not make a loop any better' },
  'prosopite-min-n': { verdict: 'n+1', because: 'four different values from one place are a loop' },
  'prosopite-writes': { verdict: 'n+1', because: 'ten inserts from one place are a loop' },
  'prosopite-issue-101': {
    verdict: 'none',
    because: 'two values of unknown origin could be two explicit look-ups',
  },
  'zeal-fk-loop': {
    verdict: 'none',
    because: 'two values prove nothing when the rows they may come from are not known',
  },
  'zeal-get-loop': {
    verdict: 'none',
    because: 'two values of unknown origin could be two explicit look-ups',
  },
  'bullet-poly-same-target': { verdict: 'none', because: 'one value twice is a duplicate query' },
}

const LOOPS = new Set(['n-plus-one', 'n-plus-one-write'])
const profiler = createProfiler()

function loopsOf({ traces }: Case) {
  const complete = traces.map((trace) => ({ truncated: 0, kind: 'test', ...trace }) as Trace)
  return profiler.analyze(complete).findings.filter(({ detector }) => LOOPS.has(detector))
}

test.each(cases.map((one) => [one.id, one.description, one] as const))('%s: %s', (id, _description, one) => {
  const wanted = DECIDED[id]?.verdict ?? one.expected
  expect(loopsOf(one).length > 0 ? 'n+1' : 'none').toBe(wanted)
})

test('only contested cases and those of a configured threshold are decided otherwise', () => {
  const clear = cases.filter(({ id, contested, config }) => DECIDED[id] && !contested && !config)
  expect(clear.map(({ id }) => id)).toEqual([])
  expect(Object.keys(DECIDED).filter((id) => !cases.some((one) => one.id === id))).toEqual([])
})

test('each loop of a loud case is found with all its queries, and the right parent where its rows tell', () => {
  const wrong = cases.flatMap((one) => {
    if (one.expected !== 'n+1' || DECIDED[one.id]) return []
    const found = loopsOf(one).map(({ occurrences: [first] }) => first)
    return (one.findings ?? []).flatMap(({ offenders, parent }) => {
      const match = found.find((occurrence) =>
        offenders.every((index) => occurrence?.queries.includes(index)),
      )
      if (!match) return [`${one.id}: ${offenders} are not one finding`]
      // The tool names the previous statement, but another one is known to have returned as many rows.
      if (one.id === 'laravel-all' && parent === 1)
        return match.parent === 0 ? [] : [`${one.id}: parent ${match.parent}`]
      const isOther = match.parent !== undefined && parent !== null && match.parent !== parent
      return isOther ? [`${one.id}: parent ${match.parent} instead of ${parent}`] : []
    })
  })
  expect(wrong).toEqual([])
})
