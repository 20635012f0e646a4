// Tests the detector with the built package on a real PostgreSQL, as an application would use it.
import pg from 'pg'
import { createProfiler } from 'pg-loupe'
import { profilePool } from 'pg-loupe/pg'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/postgres/test-database.ts'
import singleReadTransaction from './single-read-transaction.ts'

const database = await testDatabase()
const profiler = createProfiler({
  enabled: true,
  console: 'off',
  detectors: { rules: [singleReadTransaction] },
})
const pool = profilePool(new pg.Pool(database.config), profiler)
afterAll(() => pool.end())

const TABLES = 'select relname from pg_class where relname = $1'

async function sendTogether(...statements: readonly string[]): Promise<void> {
  const client = await pool.connect()
  try {
    for (const statement of statements) {
      await client.query(statement, statement.includes('$1') ? ['pg_class'] : [])
    }
  } finally {
    client.release()
  }
}

async function findIn(name: string, work: () => Promise<void>) {
  await profiler.trace(name, work)
  await profiler.settled()
  return profiler
    .report()
    .findings.filter(({ detector, route }) => detector === 'single-read-transaction' && route === name)
}

test('a transaction around one SELECT is reported with the line that sends the SELECT', async () => {
  const findings = await findIn('list tables', () => sendTogether('BEGIN', TABLES, 'COMMIT'))
  expect(findings).toMatchObject([
    {
      severity: 'info',
      confidence: 'proven',
      cost: { queries: 2, roundTrips: 2 },
      callSite: [{ function: 'sendTogether' }, { function: 'findIn' }, {}],
    },
  ])
})

test('the same SELECT without a transaction is silent', async () => {
  expect(await findIn('list tables at once', () => sendTogether(TABLES))).toEqual([])
})

test.each([
  ['two SELECTs', ['BEGIN', TABLES, TABLES, 'COMMIT']],
  ['a SELECT that locks its rows', ['BEGIN', 'select 1 from pg_class limit 1 for share', 'COMMIT']],
  ['an isolation level', ['BEGIN ISOLATION LEVEL SERIALIZABLE', TABLES, 'COMMIT']],
  ['a setting', ['BEGIN', "SET LOCAL statement_timeout = '1s'", TABLES, 'COMMIT']],
  ['a rollback', ['BEGIN', TABLES, 'ROLLBACK']],
])('a transaction with %s is silent', async (name, statements) => {
  expect(await findIn(name, () => sendTogether(...statements))).toEqual([])
})
