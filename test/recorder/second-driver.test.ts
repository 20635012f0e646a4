// A driver that this package does not know, connected through the recorder only: its queries are recorded, and the catalog of its
// database is read.
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProfiler, type Profiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const drivers: OtherDriver[] = []

beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(`
    create table customers (id int primary key, name text);
    create table orders (id int primary key, customer_id int references customers);
    insert into customers select i, 'c' || i from generate_series(1, 500) i;
    insert into orders select i, 1 + i % 500 from generate_series(1, 3000) i;
    analyze`)
  await client.end()
})
afterAll(() => Promise.all(drivers.map((driver) => driver.close())))

/** Returns rows as lists. It sends its statements with a client of pg, which nothing profiles. */
class OtherDriver {
  readonly #client = new pg.Client(database.config)
  readonly #recorder: ReturnType<typeof recorderOf>

  constructor(profiler: Profiler) {
    this.#recorder = recorderOf(profiler)
    this.#recorder.addConnection(this, {
      identity: database.url,
      name: database.name,
      session: async (limits, use) => {
        const own = new pg.Client({ ...database.config, application_name: limits.applicationName })
        await own.connect()
        try {
          return await use(async (sql) => (await own.query({ text: sql, rowMode: 'array' })).rows)
        } finally {
          await own.end()
        }
      },
    })
    drivers.push(this)
  }

  async open(): Promise<this> {
    await this.#client.connect()
    return this
  }

  async ask(sql: string, params: unknown[] = []): Promise<unknown[][]> {
    const recording = this.#recorder.startQuery({ sql, params, calledFunction: this.ask })
    recording?.sent(this)
    try {
      const { rows, fields } = await this.#client.query({ text: sql, values: params, rowMode: 'array' })
      recording?.finished({ rowCount: rows.length, fields, rows })
      recording?.handsOver(rows)
      return rows
    } catch (error) {
      recording?.failed((error as { code: string }).code)
      throw error
    }
  }

  close(): Promise<void> {
    return this.#client.end()
  }
}

test('a loop over its queries is proven and found at its line', async () => {
  const { findings } = await run(async (driver) => {
    const orders = await driver.ask('select id, customer_id from orders where id between 100 and 110')
    for (const [, customer] of orders) {
      await driver.ask('select name from customers where id = $1', [customer]) // loop
    }
  })
  const [loop] = findings.filter(({ detector }) => detector === 'n-plus-one')
  expect(loop).toMatchObject({ confidence: 'proven' })
  expect(loop?.callSite[0]).toMatchObject({ line: lineOf('// loop') })
  expect(loop?.detail).toContain('customers.id came from orders.customer_id')
})

test('the catalog of its database bounds its results', async () => {
  const { findings } = await run(async (driver) => {
    await driver.ask('select id from orders')
    await driver.ask('select customer_id from orders where id = $1', [7])
  })
  const unbounded = findings.filter(({ detector }) => detector === 'unbounded-select')
  expect(unbounded).toHaveLength(1)
  expect(unbounded[0]?.detail).toContain('orders has about 3000 rows')
})

test('the statement that reads the catalog is in no trace', async () => {
  const { traces } = await run((driver) => driver.ask('select 1'))
  expect(traces.flatMap(({ queries }) => queries.map(({ sql }) => sql))).toEqual(['select 1'])
})

test('a query that fails has the code of its error, and the error reaches the application', async () => {
  const { traces } = await run((driver) => expect(driver.ask('select wrong')).rejects.toThrow('wrong'))
  expect(traces.flatMap(({ queries }) => queries.map(({ error }) => error))).toEqual(['42703'])
})

async function run(
  use: (driver: OtherDriver) => Promise<unknown>,
): Promise<{ findings: Finding[]; traces: Trace[] }> {
  const profiler = createProfiler({ console: 'off', catalog: true })
  const driver = await new OtherDriver(profiler).open()
  const findings: Finding[] = []
  const traces: Trace[] = []
  profiler.on('report', (report, trace) => {
    findings.push(...report.findings)
    traces.push(trace)
  })
  await profiler.trace('job', () => use(driver))
  await profiler.settled()
  return { findings, traces }
}

/** The first line of this file that contains the mark. */
function lineOf(mark: string): number {
  const lines = readFileSync(import.meta.filename, 'utf8').split('\n')
  return lines.findIndex((line) => line.includes(mark)) + 1
}
