// Each library has one advisor, and only the advice knows the libraries.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { adviseColumns, advisePage, adviseRead, adviseRows } from '../../src/advice/advice.ts'
import { advisorOf } from '../../src/advice/advisors.ts'
import { valueTypes } from '../../src/sql/index.ts'
import type { QuerySource } from '../../src/types/query.ts'

const QUERY: QuerySource = {
  expression: `pool.query('select id, order_id from lines where order_id = $1', [order.id])`,
  result: 'rows',
  isTyped: true,
  modules: 'import',
  imported: [],
  taken: [],
  loop: {
    over: 'orders',
    isArray: true,
    each: 'order',
    names: ['order'],
    expression: `pool.query('select id, order_id from lines where order_id = $1', [order.id])`,
    isConditional: false,
    mayAwait: true,
    isNested: false,
  },
}

const text = 'select id, order_id from lines where order_id = ?'
const read = {
  text,
  types: valueTypes('select id, order_id from lines where order_id = $1'),
  varying: [{ start: text.indexOf('?'), column: 'order_id', role: 'equals' as const, position: 0 }],
}

describe('a library without an advisor', () => {
  const via = 'some-library'

  test('gets the answers for pg', () => {
    expect(advisorOf(via)).toBe(advisorOf(undefined))
  })

  test('gets the code for calls of pg, and the statement in SQL when the calls are unknown', () => {
    expect(adviseRead(read, { via, source: QUERY }).fix).toContain('order_id = any($1)')
    const { loop, ...withoutLoop } = QUERY
    expect(loop).toBeDefined()
    expect(adviseRead(read, { via, source: withoutLoop })).toEqual({
      remediation: 'Collect the order_id values first and ask once, with order_id = any(…).',
      fix: 'select id, order_id from lines where order_id = any($1)',
    })
  })

  test('gets statements in SQL for columns, rows and pages', () => {
    expect(adviseColumns({ text: 'select * from lines', via }, ['id'], ['note'])).toEqual({
      remediation: 'Select only what is read: id.',
      fix: 'select id from lines',
    })
    expect(adviseRows({ text: 'select id from lines', via, onlyFirst: true }, 1).fix).toBe(
      'select id from lines limit 1',
    )
    const sql = 'select id from lines order by id'
    expect(advisePage(sql, { sql, via }).fix).toBe('select id from lines order by id limit $1')
  })
})

test('Drizzle gets its own calls, and the statement in SQL beside them', () => {
  const { remediation, fix } = adviseRead(read, { via: 'drizzle' })
  expect(remediation).toContain('inArray(…)')
  expect(fix).toBe('select id, order_id from lines where order_id = any($1)')
})

test('only the advice, and what explains the set-up of an application, knows libraries by name', () => {
  const root = join(import.meta.dirname, '../../src')
  const named = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !/^(?:advice|setup|cli\/doctor)\/|\/pages\.ts$/.test(name))
    .filter((name) => LIBRARY.test(readFileSync(join(root, name), 'utf8')))
  expect(named).toEqual([])
})

/** A text that is the name of a library which builds queries. */
const LIBRARY = /'(?:drizzle|drizzle-orm|knex|kysely|prisma|sequelize|typeorm|mikro-orm)'/
