// The loops of a recording, each with the statements that it sent, their values, and the remedy that is printed for it.
import { readFileSync } from 'node:fs'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { fingerprint } from '../../src/sql/index.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'

export interface RecordedLoop {
  detector: string
  route: string
  /** The fingerprint of the statement. */
  text: string
  fix: string
  /** The turns of the loop in one trace. */
  turns: readonly Query[]
  /** The query whose rows hold the values, if it is known. */
  parent: Query | undefined
}

export function readTraces(file: string): Trace[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Trace => JSON.parse(line))
}

/** The findings without the source of the calls, so that their remedies are SQL. */
function withoutSource({ queries, ...trace }: Trace): Trace {
  return { ...trace, queries: queries.map(({ source: _, ...query }) => query) }
}

const LOOPS: ReadonlySet<string> = new Set(['n-plus-one', 'n-plus-one-write'])

/** The first trace with each statement of each loop. Loops without a statement as their remedy are left out. */
export function recordedLoops(traces: readonly Trace[]): RecordedLoop[] {
  const byId = new Map(traces.map((trace) => [trace.id, trace]))
  return createProfiler({ enabled: true, console: 'off' })
    .analyze(traces.map(withoutSource))
    .findings.flatMap(({ route, occurrences, statements = [] }) =>
      statements.flatMap(({ detector, text, fix, evidence }): RecordedLoop[] => {
        if (!LOOPS.has(detector) || fix === undefined) return []
        const parentText = evidence.find(({ label }) => label === 'rows of')?.text
        for (const { trace: id, queries } of occurrences) {
          const trace = byId.get(id)
          const sent = queries.flatMap((index) => trace?.queries[index] ?? [])
          const turns = sent.filter(({ sql }) => fingerprint(sql).text === text)
          const parent = trace?.queries.find(({ sql }) => fingerprint(sql).text === parentText)
          if (turns.length > 1) return [{ detector, route, text, fix, turns, parent }]
        }
        return []
      }),
    )
}
