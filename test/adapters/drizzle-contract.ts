// The contract for every version of Drizzle. Each version's own test provides its database and its ways to send queries,
// written against its own types; the expectations are the same.
import { readFileSync } from 'node:fs'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { profileDrizzle, unprofileDrizzle } from '../../adapters/drizzle/index.ts'
import type { Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { RecordedQuery } from '../../src/trace/recorded-query.ts'

type Send = () => PromiseLike<unknown>

export interface DrizzleUnderTest {
  /** The test file, whose lines are named: each query is on the line that ends with the mark of its name. */
  file: string
  profiler: Profiler
  pool: pg.Pool
  db: object
  /** Each sends one query. */
  sends: Record<string, Send>
  /** Each builds a query in one function, on the line marked so, and awaits it in another. */
  builtElsewhere: Record<string, Send>
  /** Sends two queries in a transaction, on two lines, the first of which is marked so. */
  transaction: Send
  /** Sends one query in a transaction within a transaction, on the line marked so. */
  savepoint: Send
  /** Awaits a query and sends `select 2` over the pool in its `then`. */
  followed: Send
  /** A database with a replica; profiling it is all that names the lines of its queries, of which the mark is one. */
  replicated: { db: object; send: Send }
  /** Builds a query and awaits none. */
  onlyBuilt: Send
  /** Fails in the database. */
  failing: Send
  /** Each sends one query that touches these tables. */
  touching: Record<string, { send: Send; tables: readonly string[] }>
  /** A relational query. */
  usersWithPosts: () => PromiseLike<readonly { posts: readonly { id: number }[] }[]>
  audit: (id: number) => PromiseLike<unknown>
}

export function describeDrizzle(drizzle: DrizzleUnderTest): void {
  const { file, profiler, pool, db, sends, builtElsewhere, touching } = drizzle

  test.each(Object.entries(sends))('%s names its line', async (name, send) => {
    const [query, ...more] = await queriesOf(send)
    expect(more).toEqual([])
    expect(query?.callSite[0]).toMatchObject({ file, line: lineOfMark(name) })
    expect([query?.via, query?.builtAt]).toEqual(['drizzle', undefined])
  })

  test.each(Object.entries(builtElsewhere))(
    '%s built in another function names both lines',
    async (name, send) => {
      const [query] = await queriesOf(send)
      expect(query?.callSite[0]).toMatchObject({ file, line: lineOfMark(`${name} awaited`) })
      expect(query?.builtAt).toMatchObject({ file, line: lineOfMark(`${name} built`) })
    },
  )

  test('queries of a transaction name their lines and keep one connection', async () => {
    const queries = await queriesOf(drizzle.transaction)
    const inside = queries.filter(({ sql }) => sql.startsWith('select'))
    const line = lineOfMark('in a transaction')
    expect(inside.map(({ callSite }) => callSite[0])).toMatchObject([
      { file, line },
      { file, line: line + 1 },
    ])
    expect(queries.map(({ sql }) => sql.split(' ')[0])).toEqual(['begin', 'select', 'select', 'commit'])
    expect(new Set(queries.map(({ connection }) => connection)).size).toBe(1)
  })

  test('so do queries of a transaction within one', async () => {
    const queries = await queriesOf(drizzle.savepoint)
    expect(queries.map(({ sql }) => sql.split(' ')[0])).toEqual([
      'begin',
      'savepoint',
      'select',
      'release',
      'commit',
    ])
    expect(queries[2]?.callSite[0]).toMatchObject({ file, line: lineOfMark('in a savepoint') })
    expect(new Set(queries.map(({ connection }) => connection)).size).toBe(1)
  })

  test('code after a query does not inherit its line', async () => {
    const queries = await queriesOf(drizzle.followed)
    expect(queries.map(({ sql, via }) => [sql.slice(0, 8), via])).toEqual([
      ['select "', 'drizzle'],
      ['select 2', undefined],
    ])
    expect(queries[1]?.callSite[0]).toMatchObject({ file, line: lineOfMark('follows') })
  })

  test('queries of a replica name their lines', async () => {
    unprofileDrizzle(db as never)
    profileDrizzle(drizzle.replicated.db as never, profiler)
    const [query] = await queriesOf(drizzle.replicated.send)
    expect(query?.callSite[0]).toMatchObject({ file, line: lineOfMark('of a replica') })
  })

  test('a builder that is only built sends nothing', async () => {
    expect(await queriesOf(drizzle.onlyBuilt)).toEqual([])
  })

  test('a query that fails gives the application the error it had', async () => {
    const failed = await inTrace(async () => {
      try {
        await drizzle.failing()
      } catch (error) {
        return error
      }
    })
    expect(failed).toMatchObject({ cause: { code: '22012' } })
  })

  test.each(Object.entries(touching))('%s tells its tables', async (_name, { send, tables }) => {
    const [query] = await queriesOf(send)
    expect(query?.tables?.toSorted()).toEqual(tables)
  })

  test('a loop over the rows that are nested in those of a relational query is proven', async () => {
    await pool.query("insert into posts values (60311, 10, 'a'), (40977, 11, 'b'), (51003, 11, 'c')")
    const proofOf = async (idsOf: (ids: number[]) => number[]) => {
      const queries = await queriesOf(async () => {
        const users = await drizzle.usersWithPosts()
        const ids = users.flatMap(({ posts }) => posts.map(({ id }) => id)).filter((id) => id > 40_000)
        for (const id of idsOf(ids)) await drizzle.audit(id)
      })
      return queries
        .slice(1)
        .map(({ flow = [] }) =>
          flow.map(({ query, column, chance = 1 }) => [query, column, chance < 1 / 1000]),
        )
    }
    expect(await proofOf((ids) => ids)).toEqual([1, 2, 3].map(() => [[0, 'posts[]', true]]))
    expect(await proofOf((ids) => ids.map((id) => id + 1))).toEqual([[], [], []])
    await pool.query('delete from posts where id > 40000')
  })

  test('outside of a trace nothing is captured and everything works', async () => {
    for (const send of Object.values(sends)) await send()
  })

  test('the database stays the same object on the same pool', () => {
    expect(profileDrizzle(db as never, profiler)).toBe(db)
    expect((db as { $client: unknown }).$client).toBe(pool)
  })

  test('profiling can be undone and done again', async () => {
    const [name, send] = Object.entries(sends)[0] ?? []
    const viaOf = async () => (await queriesOf(send as Send))[0]?.via
    expect(await viaOf()).toBe('drizzle')
    unprofileDrizzle(db as never)
    expect(await viaOf()).toBeUndefined()
    profileDrizzle(db as never, profiler)
    profileDrizzle(db as never, profiler)
    const [query] = await queriesOf(send as Send)
    expect(query?.via).toBe('drizzle')
    expect(query?.callSite[0]?.line).toBe(lineOfMark(name as string))
  })

  async function queriesOf(send: Send): Promise<readonly RecordedQuery[]> {
    const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'drizzle' })
    await trace.run(async () => await send())
    trace.end()
    await trace.settled()
    return trace.queries
  }

  function inTrace<T>(fn: () => Promise<T>): Promise<T> {
    return profiler.trace('drizzle', fn)
  }

  function lineOfMark(mark: string): number {
    return (
      readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((line) => line.trimEnd().endsWith(`// ${mark}`)) + 1
    )
  }
}
