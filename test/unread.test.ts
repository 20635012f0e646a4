// Tests the whole way, from an application that reads rows to the findings about rows and columns that it does not read; each
// advised statement returns the data that it had read before.
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profilePool } from '../adapters/pg/index.ts'
import { createProfiler } from '../src/profiler/profiler.ts'
import { rowWatcher } from '../src/trace/row-usage/row-watcher.ts'
import type { Finding } from '../src/types/finding.ts'
import { testDatabase } from './postgres/test-database.ts'

interface Person {
  id: number
  name: string
  bio: string
  rare: boolean
}

const database = await testDatabase()
const bare = new pg.Pool({ ...database.config, max: 1 })
const pools: pg.Pool[] = [bare]
beforeAll(() =>
  bare.query(`create table people as
    select n as id, 'Ada ' || n as name, repeat('x', 500) as bio, n % 60 = 59 as rare from generate_series(1, 100) n`),
)
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

const ALL = 'select * from people where id > $1 order by id'

describe('is reported', () => {
  test('a column that is never read, and the statement to send instead gives the same', async () => {
    const names = (people: Person[]) => people.map(({ name }) => name)
    const [finding, ...more] = await unread(names)
    expect(more).toEqual([])
    expect(finding).toMatchObject({ detector: 'unread-columns', title: '3 of 4 columns are never read' })
    expect(names(await send(finding?.fix))).toEqual(names(await send(ALL)))
  })

  test('that one row is wanted, and the statement to send instead gives it', async () => {
    const first = ([person]: Person[]) => JSON.stringify(person)
    const [finding, ...more] = await unread(first)
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      detector: 'unread-rows',
      title: '100 rows fetched, and only the first of them read',
    })
    expect(first(await send(finding?.fix))).toBe(first(await send(ALL)))
  })

  test('that a number is wanted, and the statement to send instead gives it', async () => {
    const [finding, ...more] = await unread((people) => people.length)
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      detector: 'unread-rows',
      title: '100 rows fetched, and none of them read',
    })
    expect(await send(finding?.fix)).toEqual([{ count: '100' }])
  })

  test('with the third trace, live, and only once it is sure', async () => {
    const reported: number[] = []
    await unread((people) => people.map(({ name }) => name), {
      onReport: (findings) => reported.push(findings.length),
    })
    expect(reported).toEqual([0, 0, 1, 1])
  })

  test('the same when the requests come at once', async () => {
    const findings = await unread((people) => people.map(({ name }) => name), { atOnce: true })
    expect(findings.map(({ title }) => title)).toEqual(['3 of 4 columns are never read'])
  })
})

describe('is not reported', () => {
  test.each<[string, (people: Person[]) => unknown]>([
    ['rows that are sent as JSON', (people) => JSON.stringify(people)],
    ['rows that are copied', (people) => people.map((person) => ({ ...person, kind: 'person' }))],
    [
      'a column that is read of one row in sixty',
      (people) => people.filter(({ rare }) => rare).map(({ id, name, bio }) => [id, name, bio]),
    ],
    [
      'the row that is looked for, read whole',
      (people) => JSON.stringify(people.find(({ id }) => id === 33)),
    ],
    [
      'rows that are read after the request, in its second run at the latest',
      (people) => wait(5).then(() => people.map((person) => Object.values(person))),
    ],
  ])('%s', async (_what, use) => {
    expect(await unread(use)).toEqual([])
  })

  test('rows that are kept by one request and read by later ones', async () => {
    const cache: Person[] = []
    const findings = await unread((people) => {
      for (const { id, name, bio, rare } of cache.splice(0)) void [id, name, bio, rare]
      cache.push(...people)
    })
    expect(findings).toEqual([])
  })

  test('rows that were dropped because something failed', async () => {
    const findings = await unread((people) => {
      if (people[0]?.name) throw new Error('planned')
    })
    expect(findings).toEqual([])
  })
})

test('an error of the watching is counted, and the rows are returned', async () => {
  const errors: unknown[] = []
  const watcher = rowWatcher((error) => errors.push(error))
  const fails = () => {
    throw new Error('planned')
  }
  const row = new Proxy({}, { getPrototypeOf: fails, ownKeys: fails })
  watcher.watch({ sql: 'select 1' } as never, [row])
  expect(errors).toEqual([new Error('planned')])
})

/** The findings of four requests, each of which reads all people and uses them. */
async function unread(
  use: (people: Person[]) => unknown,
  { atOnce = false, onReport }: { atOnce?: boolean; onReport?: (findings: readonly Finding[]) => void } = {},
): Promise<readonly Finding[]> {
  // On a busy machine any query may be slow.
  const profiler = createProfiler({ console: 'off', detectors: { 'slow-query': false } })
  if (onReport) profiler.on('report', ({ findings }) => onReport(unreadOf(findings)))
  const pool = profilePool(new pg.Pool({ ...database.config, max: 4 }), profiler)
  pools.push(pool)
  const late: unknown[] = []
  const request = () =>
    profiler
      .trace('request', async () => {
        const { rows } = await pool.query<Person>(ALL, [0])
        late.push(use(rows))
      })
      .catch((error: Error) => expect(error.message).toBe('planned'))
  const requests: Promise<unknown>[] = []
  for (let i = 0; i < 4; i++) {
    requests.push(request())
    if (atOnce) continue
    await Promise.all(requests)
    await profiler.settled()
    await Promise.all(late)
  }
  await Promise.all(requests)
  await profiler.settled()
  const report = profiler.report()
  expect(report.cut.internalErrors).toBe(0)
  return unreadOf(report.findings)
}

function unreadOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ detector }) => detector.startsWith('unread-'))
}

/** `?` stands for the number that people are asked for from. */
async function send(sql = ''): Promise<Person[]> {
  const { rows } = await bare.query<Person>(sql.replace('?', '$1'), [0])
  return rows
}
