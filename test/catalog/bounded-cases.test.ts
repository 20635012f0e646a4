// The labelled cases, on a catalog read from a real server: every bound the labels ask for is found, and nothing is called
// bounded that is not.

import { readFileSync } from 'node:fs'
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseCatalog, readCatalog, serializeCatalog } from '../../src/catalog/index.ts'
import { bound, type Catalog, loadParser } from '../../src/sql/index.ts'
import { testDatabase } from '../postgres/test-database.ts'

interface Case {
  id: string
  level: 'must' | 'should' | 'may'
  sql: string
  params: unknown[]
  bounded: boolean
  rows_bounded: boolean
  nested_unbounded: boolean
  provable: boolean
  max_rows: string | null
  why: string
}

const corpus: { schema_sql: string; cases: Case[] } = JSON.parse(
  readFileSync(new URL('../corpus/bounded_cases.json', import.meta.url), 'utf8'),
)
const database = await testDatabase()
let catalog: Catalog

beforeAll(async () => {
  const client = new pg.Client(database.config)
  await client.connect()
  await client.query(corpus.schema_sql)
  catalog = parseCatalog(serializeCatalog(await readCatalog(client)))
  await client.end()
  await loadParser()
})

describe('labelled statements', () => {
  test.each(corpus.cases.filter(({ level, provable }) => provable && level !== 'may'))(
    '$id $sql: $why',
    ({ sql, params, rows_bounded, nested_unbounded, max_rows }) => {
      const found = bound(sql, { catalog, params })
      expect(
        { rows: Number.isFinite(found.rows), nested: Number.isFinite(found.nested) },
        found.reason,
      ).toEqual({
        rows: rows_bounded,
        nested: !nested_unbounded,
      })
      if (max_rows !== null && /^\d+$/.test(max_rows)) expect(found.rows).toBe(Number(max_rows))
    },
  )

  test('nothing is called bounded that is not, at any level', () => {
    const wrong = corpus.cases.filter(({ sql, params, rows_bounded, nested_unbounded }) => {
      const { rows, nested } = bound(sql, { catalog, params })
      return (Number.isFinite(rows) && !rows_bounded) || (Number.isFinite(nested) && nested_unbounded)
    })
    expect(wrong.map(({ id }) => id)).toEqual([])
  })

  test('most of what may be proven is', () => {
    const may = corpus.cases.filter(({ level, provable, bounded }) => level === 'may' && provable && bounded)
    const missed = may.filter(({ sql, params }) => {
      const { rows, nested } = bound(sql, { catalog, params })
      return !Number.isFinite(rows) || !Number.isFinite(nested)
    })
    expect(missed.map(({ id }) => id)).toEqual([])
  })

  test('a bound without the catalog never says more than one with it', () => {
    for (const { sql, params } of corpus.cases)
      expect(bound(sql, { params }).rows, sql).toBeGreaterThanOrEqual(bound(sql, { catalog, params }).rows)
  })

  test('a bound that needs a parameter names it when it is not given', () => {
    expect(bound('select * from users limit $1', { catalog })).toMatchObject({
      rows: Infinity,
      reason: expect.stringContaining('$1'),
    })
    expect(bound('select * from users where id = any($1)', { catalog })).toMatchObject({
      rows: Infinity,
      reason: expect.stringContaining('$1'),
    })
  })

  test('the reason says what to do', () => {
    expect(bound('select * from posts where title = $1', { catalog }).reason).toBe(
      'no LIMIT, and no unique key of posts is fixed: add LIMIT or filter by posts.id',
    )
  })
})
