// With OpenTelemetry's instrumentation of pg, in either order: its spans are the same as without the profiler, each query
// is recorded once in its own trace, results are the same, and both can be taken off.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { testDatabase } from '../postgres/test-database.ts'

interface Seen {
  results: unknown[]
  recorded: Record<string, { sql: string; rows?: number; error?: string; bytes: number }[]>
  spans: string[]
  undone: unknown[]
  own: string[]
}

const database = await testDatabase()

describe.each([
  ['as it comes', {}],
  ['with its comments in statements', { addSqlCommenterCommentToQueries: true }],
  ['with its statements between the application’s', { enableTraceContextPropagation: true }],
])('%s', (_options, options) => {
  test.each(['opentelemetry first', 'profiler first'])('%s', async (mode) => {
    const [alone, both] = await Promise.all([run('opentelemetry alone', options), run(mode, options)])

    expect(alone.spans).toHaveLength(140)
    expect(both.spans).toEqual(alone.spans)
    expect(both.results).toEqual(alone.results)
    expect(both.undone).toEqual([[{ after: 1 }], [{ last: 1 }]])
    expect(both.own).toEqual([])
    for (const [mark, queries] of Object.entries(both.recorded)) {
      expect(queries.map(({ sql, rows, error }) => [sql, rows ?? error])).toEqual([
        [`select 1 as a /* ${mark} */`, 1],
        [`select $1::int as b /* ${mark} */`, 1],
        [`select 3 as c /* ${mark} */`, 1],
        [`select nope /* ${mark} */`, '42703'],
        [`select 4 as d /* ${mark} */`, 1],
        [`select 5 as e /* ${mark} */`, 1],
        [`select 6 as f /* ${mark} */`, 1],
      ])
      // The answers differ in nothing but a digit: another's statement must not be counted in.
      const [first, , ...others] = queries.filter(({ error }) => !error).map(({ bytes }) => bytes)
      expect(new Set([first, ...others]).size).toBe(1)
    }
  })
})

async function run(mode: string, options: object): Promise<Seen> {
  const args = [join(import.meta.dirname, 'app.cjs'), mode, database.url, JSON.stringify(options)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 })
  return JSON.parse(stdout)
}
