// Tests that a watched row behaves as an unwatched one, whatever an application does with the rows of a real result. Only
// code that asks for descriptors sees a difference: Object.getOwnPropertyDescriptor, Reflect.ownKeys, and `customInspect:
// false`, with which console.dir and the message of a failed node:assert print `[Getter/Setter]`.
import { deepStrictEqual, notDeepStrictEqual } from 'node:assert'
import { Console } from 'node:console'
import { PassThrough } from 'node:stream'
import { format, inspect, isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'

type Row = Record<string, unknown>

const database = await testDatabase()
const profiler = createProfiler({ console: 'off' })
const bare = new pg.Pool({ ...database.config, max: 1 })
const profiled = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
afterAll(() => Promise.all([bare.end(), profiled.end()]))

const KINDS = `select 7 as id, 'Ada' as name, null as nothing, timestamptz '2026-01-05 08:00:00+00' as at,
  '\\x00ff'::bytea as bytes, '{"a": [1, {"b": null}]}'::jsonb as json, array[1, 2] as list, 9007199254740993 as big,
  true as yes, 1.50::numeric as price`

const plain = await firstRow(bare, KINDS)
const watched = await firstRow(profiled, KINDS)

test('the rows compared here are a watched one and a plain one', () => {
  expect(isWatched(watched())).toBe(true)
  expect(isWatched(plain())).toBe(false)
})

/** An operation of an application on a row, and its result. */
const uses: Record<string, (row: Row) => unknown> = {
  JSON: (row) => JSON.stringify(row),
  'JSON with spaces': (row) => JSON.stringify({ rows: [row] }, null, 2),
  'JSON of some keys': (row) => JSON.stringify(row, ['id', 'name']),
  'JSON through a replacer': (row) =>
    JSON.stringify(row, function (this: Row, key, value) {
      return this === row ? `${key}: ${JSON.stringify(value)}` : value
    }),
  keys: (row) => Object.keys(row),
  values: (row) => Object.values(row),
  entries: (row) => Object.entries(row),
  'for in': (row) => {
    const names = []
    for (const name in row) names.push(name)
    return names
  },
  in: (row) => ['id' in row, 'toJSON' in row, 'nope' in row],
  hasOwn: (row) => [Object.hasOwn(row, 'id'), Object.hasOwn(row, 'toJSON')],
  'the attributes of a property': (row) => {
    const { enumerable, configurable } = Object.getOwnPropertyDescriptor(row, 'id') ?? {}
    return [enumerable, configurable, Object.prototype.propertyIsEnumerable.call(row, 'id')]
  },
  'enumerable symbols': (row) =>
    Object.getOwnPropertySymbols(row).filter((symbol) =>
      Object.prototype.propertyIsEnumerable.call(row, symbol),
    ),
  'the class': (row) => [Object.getPrototypeOf(row), row.constructor, String(row), typeof row],
  spread: (row) => ({ ...row }),
  rest: ({ name, ...rest }) => [name, rest],
  assign: (row) => Object.assign({ before: 1 }, row),
  'a deep clone by keys': deepClone,
  structuredClone: (row) => structuredClone(row),
  'v8.serialize': (row) => deserialize(serialize(row)),
  postMessage: (row) => {
    const { port1, port2 } = new MessageChannel()
    port1.postMessage(row)
    port1.close()
    return receiveMessageOnPort(port2)?.message
  },
  'an added property': (row) => {
    row.added = 'x'
    return [JSON.stringify(row), Object.keys(row), inspect(row)]
  },
  'a changed property': (row) => {
    row.name = 'Grace'
    return [row.name, { ...row }, Object.getOwnPropertyDescriptor(row, 'name')]
  },
  'a changed Date inside': (row) => {
    ;(row.at as Date).setUTCFullYear(2000)
    return [row.at, JSON.stringify(row)]
  },
  'a deleted property': (row) => [Reflect.deleteProperty(row, 'name'), row.name, 'name' in row, { ...row }],
  'a redefined property': (row) =>
    inspect(Object.defineProperty(row, 'name', { value: 1, enumerable: true })),
  'a deleted and added property': (row) => {
    delete row.id
    row.id = 8
    return Object.entries(row)
  },
  frozen: (row) => {
    Object.freeze(row)
    return [
      Object.isFrozen(row),
      Object.isSealed(row),
      message(() => {
        row.name = 'Grace'
      }),
      row.name,
      JSON.stringify(row),
      inspect(row),
      { ...row },
    ]
  },
  sealed: (row) => {
    Object.seal(row)
    row.name = 'Grace'
    return [Object.isFrozen(row), Object.isSealed(row), row.name, inspect(row), JSON.stringify(row)]
  },
  'not extensible': (row) => {
    Object.preventExtensions(row)
    row.name = 'Grace'
    return [Object.isFrozen(row), Object.isExtensible(row), row.name, inspect(row)]
  },
  'inherited from': (row) => {
    const child = Object.create(row) as Row
    child.name = 'Grace'
    return [child.name, row.name, child.id, Object.keys(child)]
  },
  'copied by its descriptors': (row) => {
    const clone: Row = Object.create(Object.getPrototypeOf(row), Object.getOwnPropertyDescriptors(row))
    clone.name = 'Grace'
    return [JSON.stringify(clone), clone.name, row.name, inspect(clone)]
  },
  'behind a proxy': (row) => {
    const proxy = new Proxy(row, {
      get: (target, key, receiver) => Reflect.get(target, key, receiver),
      set: (target, key, value, receiver) => Reflect.set(target, key, value, receiver),
    })
    proxy.name = 'Grace'
    return [proxy.id, proxy.name, row.name, { ...proxy }, JSON.stringify(proxy), inspect(proxy)]
  },
  'set by Reflect': (row) => [Reflect.set(row, 'name', 'Grace'), row.name, Reflect.get(row, 'id')],
  'console.table': (row) => {
    const stdout = new PassThrough()
    new Console({ stdout }).table([row, row])
    return String(stdout.read())
  },
  'console.log': (row) => format(row),
  'console.log with formats': (row) => format('%s %o %O %j', row, row, row, row),
  'console.log of rows in rows': (row) => inspect({ deep: { rows: [row, row] } }, { depth: 5 }),
  'console.log in colours': (row) => inspect(row, { colors: true, sorted: true, compact: false }),
  'console.log of hidden properties': (row) => inspect(row, { showHidden: true }),
  'console.log of a row that holds itself': (row) => {
    row.self = row
    return inspect(row, { depth: Number.POSITIVE_INFINITY })
  },
  'use after console.log': (row) => [inspect(row), row.name, Object.keys(row), JSON.stringify(row)],
  'use after JSON': (row) => [JSON.stringify(row), row.name, inspect(row), structuredClone(row)],
  isDeepStrictEqual: (row) => [isDeepStrictEqual(row, plain()), isDeepStrictEqual(plain(), row)],
  'the message of a failed toEqual': (row) => message(() => expect(row).toEqual({ ...plain(), id: 8 })),
  'the message of a failed toStrictEqual': (row) => message(() => expect([row]).toStrictEqual([{ id: 8 }])),
}

test.each(Object.entries(uses))('%s', (_name, use) => {
  const row = watched()
  expect(isWatched(row)).toBe(true)
  expect(use(row)).toStrictEqual(use(plain()))
})

describe('comparisons take a watched row for a plain one, from either side', () => {
  const different = { ...plain(), name: 'Grace' }
  test('deepStrictEqual', () => {
    deepStrictEqual(watched(), plain())
    deepStrictEqual(plain(), watched())
    notDeepStrictEqual(watched(), different)
  })

  test('toEqual, toStrictEqual, toMatchObject', () => {
    for (const [a, b] of [
      [watched(), plain()],
      [plain(), watched()],
    ]) {
      expect(a).toEqual(b)
      expect(a).toStrictEqual(b)
      expect(a).toMatchObject(b as Row)
      expect(a).to.deep.equal(b)
      expect([a]).toContainEqual(b)
    }
    expect(watched()).not.toEqual(different)
  })

  test('a snapshot', async () => {
    const row = await firstRow(profiled, `select 7 as id, 'Ada' as name, '{"a": 1}'::json as json`)
    expect(row()).toMatchInlineSnapshot(`
      {
        "id": 7,
        "json": {
          "a": 1,
        },
        "name": "Ada",
      }
    `)
  })
})

describe('results that are out of the ordinary are what they would have been', () => {
  const arrays = (pool: pg.Pool) => pool.query({ text: 'select 1 as a, 2 as a', rowMode: 'array' })
  const queries: Record<string, (pool: pg.Pool) => Promise<unknown>> = {
    'names that mean something to JavaScript': (pool) =>
      pool.query(
        `select 1 as "__proto__", 2 as "toJSON", 3 as constructor, 4 as "then", 5 as "hasOwnProperty"`,
      ),
    'numbers as names': (pool) => pool.query('select 1 as b, 2 as "10", 3 as "9"'),
    'one name twice': (pool) => pool.query('select 1 as a, 2 as b, 3 as a'),
    'no column': (pool) => pool.query('select from generate_series(1, 2)'),
    'no row': (pool) => pool.query('select 1 as a where false'),
    'rows as arrays': arrays,
    'several statements': (pool) => pool.query('select 1 as a; select 2 as a'),
    'a type parser of its own': (pool) =>
      pool.query({
        text: 'select 1 as a, 2 as b',
        types: { getTypeParser: () => (text: string) => Object.freeze({ text }) } as never,
      }),
    '1,600 columns': (pool) =>
      pool.query(
        `select ${Array.from({ length: 1600 }, (_, i) => `${i} as c${i}`).join()} from generate_series(1, 20)`,
      ),
    'a cell of a megabyte': (pool) => pool.query(`select repeat('x', 1000000) as a, 1 as b`),
  }

  test.each(Object.entries(queries))('%s', async (_name, send) => {
    const seen = async (pool: pg.Pool) => {
      const { rows } = (await inTrace(() => send(pool))) as { rows?: Row[] }
      return [
        rows?.map((row) => [Object.entries(row), structuredClone(row)]),
        JSON.stringify(rows),
        inspect(rows),
      ]
    }
    expect(await seen(profiled)).toStrictEqual(await seen(bare))
    expect(profiler.report().cut.internalErrors).toBe(0)
  })

  test('rows that are read while they arrive', async () => {
    const seen = async (pool: pg.Pool) => {
      const client = await pool.connect()
      const rows: unknown[] = []
      const query = client.query(new pg.Query('select 1 as a from generate_series(1, 3)'))
      query.on('row', (row) => rows.push(JSON.stringify(row), inspect(row)))
      await new Promise((resolve, reject) => query.on('end', resolve).on('error', reject))
      client.release()
      return rows
    }
    expect(await inTrace(() => seen(profiled))).toEqual(await seen(bare))
  })
})

test('watching can be switched off, and is off in production', async () => {
  for (const make of [
    () => createProfiler({ watchRows: false, console: 'off' }),
    () => inProduction(() => createProfiler({ enabled: true, console: 'off' })),
  ]) {
    const profiler = make()
    const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
    const result = await profiler.trace('off', () => pool.query('select 1 as a'))
    expect(isWatched(result.rows[0])).toBe(false)
    await pool.end()
  }
})

test('for a frequent statement, all of the first results are watched, and then one of sixteen', async () => {
  const isWatchedAt: boolean[] = []
  for (let i = 0; i < 80; i++) {
    const { rows } = await inTrace(() => profiled.query('select 1 as often, 2 as sent'))
    isWatchedAt.push(isWatched(rows[0]))
  }
  expect(isWatchedAt.slice(0, 30)).not.toContain(false)
  expect(isWatchedAt.slice(30).filter(Boolean)).toHaveLength(4)
})

test('no row is watched outside of a trace', async () => {
  const { rows } = await profiled.query('select 1 as a')
  expect(isWatched(rows[0])).toBe(false)
})

/** The row of one result, made anew each time it is asked for: many uses change it. */
async function firstRow(pool: pg.Pool, sql: string): Promise<() => Row> {
  const count = 100
  const rows: Row[] = []
  for (let i = 0; i < count; i++) {
    // Only the first results of one text would be watched completely.
    rows.push((await inTrace(() => pool.query<Row>(`${sql} /* ${i} */`))).rows[0] ?? {})
  }
  return () => rows.pop() ?? expect.fail(`more than ${count} rows are used`)
}

function inTrace<T>(fn: () => Promise<T>): Promise<T> {
  return profiler.trace('rows', fn)
}

function isWatched(row: object): boolean {
  return Object.values(Object.getOwnPropertyDescriptors(row)).some(({ get }) => get !== undefined)
}

/** As lodash does it: own enumerable names and symbols, one by one. */
function deepClone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
    return value
  if (Array.isArray(value)) return value.map(deepClone)
  const copy = Object.create(Object.getPrototypeOf(value))
  for (const key of Reflect.ownKeys(value)) {
    if (Object.prototype.propertyIsEnumerable.call(value, key)) copy[key] = deepClone((value as never)[key])
  }
  return copy
}

function message(fn: () => unknown): unknown {
  try {
    return fn()
  } catch (error) {
    return (error as Error).message
  }
}

function inProduction<T>(fn: () => T): T {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    return fn()
  } finally {
    process.env.NODE_ENV = before
  }
}
