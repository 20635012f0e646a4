// Runs statements in one trace, as an application would in a loop, and returns the loop with the remedy that is printed for it.
import type pg from 'pg'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { fingerprint } from '../../src/sql/index.ts'
import type { LoopStatement } from '../../src/types/finding.ts'
import type { RecordedLoop } from './recorded-loops.ts'

export interface Sent {
  sql: string
  params: readonly unknown[]
}

/** Sends `parent` first if it is given, and makes the turns from its rows. All writes are rolled back. */
export async function recordRun(
  profiler: Profiler,
  pool: pg.Pool,
  parent: Sent | undefined,
  turnsOf: (rows: readonly Record<string, unknown>[]) => readonly Sent[],
): Promise<{ loop: RecordedLoop; statement: LoopStatement | undefined } | undefined> {
  const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'loop' })
  const turns = await trace.run(async () => {
    const { rows } = parent ? await pool.query(parent.sql, [...parent.params]) : { rows: [] }
    const sent = turnsOf(rows)
    await pool.query('begin')
    try {
      for (const { sql, params } of sent) await pool.query(sql, [...params])
    } finally {
      await pool.query('rollback')
    }
    return sent
  })
  trace.end()
  await trace.settled()
  const finished = trace.finished ? [trace.finished] : []
  const statements = profiler.analyze(finished).findings.flatMap((finding) => finding.statements ?? [])
  const [first] = turns
  if (!first) return undefined
  const { text } = fingerprint(first.sql)
  const statement = statements.find((one) => one.text === text)
  const { fix = '', detector = '' } = statement ?? {}
  return { statement, loop: { detector, route: 'loop', text, fix, turns, parent } }
}
