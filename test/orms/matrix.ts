// For each ORM: an N+1 in a loop, in Promise.all and through the ORM's own loading is found at the line that caused it,
// and its fixed twin is quiet. The observations become the table in docs/orms.md; the last test fails while that page says something else.
// An ORM that cannot be loaded fails, too.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultProfiler } from '../../src/profiler/default-profiler.ts'
import type { Report } from '../../src/types/report.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { drizzle045 } from './drizzle-0-45.ts'
import { drizzle1 } from './drizzle-1-0.ts'
import { knex } from './knex.ts'
import { kysely } from './kysely.ts'
import { mikroOrm } from './mikro-orm.ts'
import type { OpenOrm, Orm, Way } from './orm.ts'
import { type Cell, type OrmRow, ormTable, readOrmTable, writeOrmTable } from './orm-table.ts'
import { prisma } from './prisma.ts'
import { sequelize } from './sequelize.ts'
import { typeorm } from './typeorm.ts'

const orms: readonly Orm[] = [drizzle045, drizzle1, knex, kysely, mikroOrm, prisma, sequelize, typeorm]
const KINDS = ['loop', 'parallel', 'nested'] as const
const AUTHORS = 4

const database = await testDatabase()
beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(readFileSync(join(import.meta.dirname, 'library.sql'), 'utf8'))
  await client.end()
})

const rows = new Map<Orm, Partial<OrmRow>>()

describe.each(orms.map((orm) => [`${orm.name} ${versionOf(orm)}`, orm] as const))('%s', (_name, orm) => {
  let open: OpenOrm
  beforeAll(async () => {
    open = await orm.open(database.url)
    // Statements that are sent once per connection are not part of the measurement.
    await open.loop.fixed()
    rows.set(orm, { name: orm.name, page: orm.page, version: versionOf(orm) })
  })
  afterAll(() => open?.close())

  test.each(KINDS)('%s: the N+1 is found where it is, and its fix is quiet', async (kind) => {
    const way = open[kind]
    if (!way) return
    const cell = await see(orm, kind, way)
    Object.assign(rows.get(orm) ?? {}, { [kind]: cell })
  })
})

test('the table in docs/orms.md is what was observed', () => {
  const complete = [...rows.values()].filter(({ loop, parallel }) => loop && parallel)
  expect(complete).toHaveLength(orms.length)
  const table = ormTable(complete as OrmRow[])
  if (process.env.PG_LOUPE_TEST_UPDATE) writeOrmTable(table)
  expect(readOrmTable(), 'npm run test:orms -- --update writes it').toBe(table)
})

async function see(orm: Orm, kind: string, way: Way): Promise<Cell> {
  const fixed = await reportOf(way.fixed)
  expect(fixed.findings).toEqual([])
  expect(fixed.queries).toBeGreaterThan(0)
  expect(fixed.queries).toBeLessThanOrEqual(2)
  if (!way.bad) return { found: 'no loop', way: way.name, queries: fixed.queries }

  const bad = await reportOf(way.bad)
  expect(bad.queries).toBeGreaterThan(AUTHORS)
  expect(bad.findings.length).toBeGreaterThan(0)
  for (const { detector, confidence, statements = [] } of bad.findings) {
    expect([detector, confidence]).toEqual(['n-plus-one', 'proven'])
    // The statements of each turn, whether one or two, are one loop.
    expect(new Set(statements.map(({ count }) => count))).toEqual(new Set([AUTHORS]))
  }
  const places = bad.findings.map(
    ({ callSite: [place] }) => place && { file: resolve(place.file), line: place.line },
  )
  if (way.noLine) {
    expect(places).toEqual(bad.findings.map(() => undefined))
    return { found: 'without a line', way: way.name, reason: way.noLine }
  }
  expect(places).toEqual([{ file: orm.file, line: lineOfMark(orm.file, kind) }])
  return { found: 'at its line', way: way.name }
}

/** With the profiler that pg-loupe/register has made. */
async function reportOf(send: () => Promise<unknown>): Promise<Report> {
  const profiler = defaultProfiler()
  const closed: Trace[] = []
  const stopListening = profiler.on('traceEnd', (_handle, { trace }) => trace && closed.push(trace))
  const handle = profiler.startTrace({ kind: 'job', name: 'library' })
  await handle.run(async () => await send())
  handle.end()
  await handle.settled()
  stopListening()
  if (closed.length !== 1) throw new Error(`${closed.length} traces closed instead of one`)
  return profiler.analyze(closed)
}

function versionOf({ package: name }: Orm): string {
  const file = join(import.meta.dirname, 'node_modules', name, 'package.json')
  return JSON.parse(readFileSync(file, 'utf8')).version
}

function lineOfMark(file: string, mark: string): number {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.findIndex((line) => line.endsWith(`// ${mark}`)) + 1
}
