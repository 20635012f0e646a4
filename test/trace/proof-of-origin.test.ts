// Tests which origins of values are proven, with a real driver and server: each correct piece of work has a twin with a
// mistake that differs in nothing else.
import pg from 'pg'
import Cursor from 'pg-cursor'
import QueryStream from 'pg-query-stream'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { nPlusOne } from '../../src/detectors/n-plus-one.ts'
import { nPlusOneWrite } from '../../src/detectors/n-plus-one-write.ts'
import { createProfiler, type Profiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import type { Finding } from '../../src/types/finding.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
// On a busy machine any query may be slow.
const profiler = createProfiler({ console: 'off', detectors: { 'slow-query': false } })
const pool = profilePool(new pg.Pool({ ...database.config, max: 4 }), profiler)
const knowing = createProfiler({ console: 'off', catalog: true, detectors: { 'slow-query': false } })
const knownPool = profilePool(new pg.Pool({ ...database.config, max: 4 }), knowing)
afterAll(async () => {
  await pool.end()
  await knownPool.end()
})

const NAMES = Array.from({ length: 15 }, (_, i) => `flag-${i + 1}`)

beforeAll(() =>
  pool.query(`
    create table features (id int primary key, name text unique, project text);
    create table strategies (id int primary key, feature_name text, kind text);
    insert into features select i, 'flag-' || i, 'p' || i % 3 from generate_series(1, 15) i;
    insert into strategies select i, 'flag-' || i, 'default' from generate_series(1, 15) i;
    create table attribute (attribute_id int primary key, code text unique);
    create table attribute_option (option_id int primary key, label text);
    insert into attribute select i, 'code ' || i from generate_series(1, 8) i;
    insert into attribute_option select i, 'option ' || i from generate_series(1, 8) i;
    create table flags (id int primary key, state text);
    insert into flags values (1, 'true'), (2, 'false');
    create table image (product int, is_main boolean, src text);
    create table customers (id int primary key, name text, country text);
    create table orders (id int primary key, customer_id int references customers, owner int references customers, status text);
    create table sparse (id int primary key, customer_id int);
    insert into customers select i, 'customer ' || i, 'C' || i from generate_series(1, 3000) i;
    insert into orders select i, i, 26 - i, (array['new', 'paid', 'shipped'])[1 + i % 3] from generate_series(1, 25) i;
    insert into sparse select i, 1 + i * 137 % 3000 from generate_series(1, 25) i;
    create table nodes (id int primary key, parent_id int);
    insert into nodes select i, nullif(i / 3, 0) from generate_series(1, 100) i`),
)

const CUSTOMER = 'select id, name from customers where id = $1'
const customer = (id: unknown, from: pg.Pool = pool) => from.query(CUSTOMER, [id])
const strategiesOf = (name: string) => pool.query('select * from strategies where feature_name = $1', [name])
const feature = (name: string) => pool.query('select * from features where name = $1', [name])

/** A turn that comes from elsewhere: nothing in the code says where its value is from. */
async function each<Item>(
  items: readonly Item[],
  visit: (item: Item) => PromiseLike<unknown>,
): Promise<void> {
  for (const item of items) await visit(item)
}

describe('values that only come back have no origin', () => {
  test('for values from outside, looked up by two statements in each turn', async () => {
    const { proofs, findings } = await look(() =>
      each(NAMES, async (name) => {
        await strategiesOf(name)
        await feature(name)
      }),
    )
    expect(proofs).toEqual([])
    expect(findings.map(({ confidence, occurrences: [first] }) => [confidence, first?.parent])).toEqual([
      ['likely', undefined],
      ['likely', undefined],
    ])
  })

  test('for values from a list it is the list, not the other statement', async () => {
    const { proofs } = await look(async () => {
      const { rows } = await pool.query('select name from features order by id desc')
      await each(rows, async ({ name }) => {
        await strategiesOf(name)
        await feature(name)
      })
    })
    expect(proofs).toEqual([
      ['strategies', 0, 15],
      ['features', 0, 15],
    ])
  })

  test.each<[string, (names: string[]) => Promise<unknown>]>([
    ['in a list', (names) => pool.query('select * from features where name = any($1) order by id', [names])],
    [
      'as literals',
      (names) => pool.query(`select * from features where name in ('${names.join("', '")}') order by id`),
    ],
    [
      'in a document',
      (names) => {
        const documents = JSON.stringify(names.map((name) => ({ name })))
        return pool.query('select x.name from json_to_recordset($1) x (name text)', [documents])
      },
    ],
    [
      'in patterns',
      (names) =>
        Promise.all(
          names.map((name) => pool.query('select * from features where name like $1', [`%${name}`])),
        ),
    ],
  ])('for values that were given before %s', async (_how, give) => {
    const { proofs, findings } = await look(async () => {
      await give(NAMES)
      await each(NAMES, feature)
    })
    expect(proofs).toEqual([])
    expect(findings.some(({ detail }) => detail.includes('came from'))).toBe(false)
  })

  test('for a value that was known before, and for no other', async () => {
    const { proofs } = await look(async () => {
      const {
        rows: [me],
      } = await customer(1 + 137)
      const { rows } = await pool.query('select id, customer_id from sparse order by id')
      expect(rows[0].customer_id).toBe(me.id)
      await each(rows, ({ customer_id }) =>
        pool.query('select country from customers where id = $1', [customer_id]),
      )
    })
    expect(proofs).toEqual([['customers', 1, 25]])
  })

  test('for a list that is read twice, it is the first reading', async () => {
    const { proofs } = await look(async () => {
      await pool.query('select id, name from features order by id')
      const { rows } = await pool.query('select name, project from features where id > 0 order by id')
      await each(rows, ({ name }) => strategiesOf(name))
    })
    expect(proofs).toEqual([['strategies', 0, 15]])
  })
})

describe('a coincidence is no origin', () => {
  const attributes = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ code: `code ${i + 1}`, option: i + 1 }))
  const option = (id: number) => pool.query('select label from attribute_option where option_id = $1', [id])

  test.each([2, 3, 8])('for %i small numbers that two tables share', async (count) => {
    const { proofs, findings } = await look(() =>
      each(attributes(count), async ({ code, option: id }) => {
        await pool.query('select * from attribute where code = $1', [code])
        await option(id)
      }),
    )
    expect(proofs).toEqual([])
    expect(findings.some(({ fix = '' }) => fix.includes('lateral'))).toBe(false)
  })

  test.each([2, 5, 8])('for %i small numbers in a list that has as many rows', async (count) => {
    const codes = attributes(count).map(({ code }) => code)
    const { proofs } = await look(async () => {
      await pool.query('select * from attribute where code = any($1) order by attribute_id', [codes])
      await each(attributes(count), ({ option: id }) => option(id))
    })
    expect(proofs).toEqual([])
  })

  test('for booleans and for texts that read like them', async () => {
    const { proofs } = await look(() =>
      each(['/a.png', '/b.png', '/c.png', '/d.png'], async (src) => {
        await pool.query('select id = 1 as first, state from flags order by id')
        const isMain = src === '/a.png'
        await pool.query('insert into image (product, is_main, src) values ($1, $2, $3)', [9, isMain, src])
      }),
    )
    expect(proofs).toEqual([])
  })

  test('for the states of an enumeration', async () => {
    const { proofs } = await look(async () => {
      await pool.query('select id, status from orders order by id')
      await each(['paid', 'shipped', 'new'], (status) =>
        pool.query('select count(*) from orders where status = $1', [status]),
      )
    })
    expect(proofs).toEqual([])
  })
})

describe('a loop over rows stays proven', () => {
  test.each([5, 25])('over %i rows with small ids in their order', async (count) => {
    const list = (column: string) => pool.query(`select ${column} from orders order by id limit $1`, [count])
    const byColumn = await look(async () => {
      await each((await list('id, customer_id')).rows, ({ customer_id }) => customer(customer_id))
    })
    expect(byColumn.proofs).toEqual([['customers', 0, count]])
    const byKey = await look(async () => {
      const { rows } = await pool.query('select id from customers order by id limit $1', [count])
      await Promise.all(
        rows.map(({ id }) => pool.query('select status from orders where customer_id = $1', [id])),
      )
    })
    expect(byKey.proofs).toEqual([['orders', 0, count]])
  })

  test('with two rows whose values are rare', async () => {
    const { proofs, findings } = await look(async () => {
      const { rows } = await pool.query('select id, customer_id from sparse order by id limit 2')
      await each(rows, ({ customer_id }) => customer(customer_id))
    })
    expect(proofs).toEqual([['customers', 0, 2]])
    expect(findings[0]?.fix).toBe('select id, name from customers where id = any($1)')
  })

  test('with the key of a catalog where names and few small ids do not prove it', async () => {
    const loop = (from: pg.Pool) => async () => {
      const { rows } = await from.query('select owner from orders order by owner limit 4')
      await each(rows, ({ owner }) => customer(owner, from))
    }
    expect((await look(loop(pool))).proofs).toEqual([])
    expect((await look(loop(knownPool), knowing)).proofs).toEqual([['customers', 0, 4]])
    // A loop over something else is no likelier to be meant with a catalog.
    const { proofs } = await look(async () => {
      await knownPool.query('select owner from orders order by owner limit 4')
      await each([4, 2, 9, 11], (id) => customer(id, knownPool))
    }, knowing)
    expect(proofs).toEqual([])
  })

  test('at each level of nested loops', async () => {
    const { proofs } = await look(async () => {
      const { rows } = await pool.query('select customer_id from sparse order by id limit 3')
      await each(rows, async ({ customer_id }) => {
        const found = await pool.query('select id, country from customers where id between $1 and $1 + 2', [
          customer_id,
        ])
        await each(found.rows, ({ country }) =>
          pool.query('select id from customers where country = $1', [country]),
        )
      })
    })
    expect(proofs).toEqual([
      ['customers', 0, 3],
      ['customers', 1, 9],
    ])
  })

  test('down a tree and up a chain, of which the first value is from outside', async () => {
    const childrenOf = async (id: number): Promise<void> => {
      const { rows } = await pool.query('select id from nodes where parent_id = $1', [id])
      await each(rows, (row) => childrenOf(row.id))
    }
    const down = await look(() => childrenOf(5))
    expect(down.findings).toMatchObject([
      { detail: expect.stringMatching(/^Each of the 12 values of nodes.parent_id came from/) },
    ])
    expect(down.findings[0]?.remediation).toContain('WITH RECURSIVE')
    const up = await look(async () => {
      for (let id = 100; id; ) {
        const { rows } = await pool.query('select id, parent_id from nodes where id = $1', [id])
        id = rows[0].parent_id
      }
    })
    expect(up.proofs.map(([table]) => table)).toEqual(['nodes'])
    expect(up.findings[0]?.detail).toMatch(/^4 of the 5 values of nodes.id came from column parent_id/)
    // The same look-ups, of ids that no row has told.
    const outside = await look(() =>
      each([90, 71, 52, 13], (id) => pool.query('select id, parent_id from nodes where id = $1', [id])),
    )
    expect(outside.proofs).toEqual([])
  })
})

describe('rows are taken as they arrived, when the application', () => {
  const list = () => pool.query('select id, customer_id from sparse order by id limit 2')

  test.each<[string, () => Promise<unknown>]>([
    [
      'deletes a column',
      async () => {
        const { rows } = await list()
        for (const row of rows) {
          row.customer = (await customer(row.customer_id)).rows[0]
          delete row.customer_id
        }
      },
    ],
    [
      'writes over it',
      async () => {
        const { rows } = await list()
        for (const row of rows) row.customer_id = (await customer(row.customer_id)).rows[0].name
      },
    ],
    [
      'renames it',
      async () => {
        const { rows } = await list()
        for (const row of rows) {
          row.customerId = row.customer_id
          delete row.customer_id
        }
        await each(rows, ({ customerId }) => customer(customerId))
      },
    ],
    [
      'empties the rows',
      async () => {
        const { rows } = await list()
        const ids = rows.map(({ customer_id }) => customer_id)
        rows.length = 0
        await each(ids, (id) => customer(id))
      },
    ],
    [
      'takes one after the other',
      async () => {
        const { rows } = await list()
        for (let row = rows.shift(); row; row = rows.shift()) await customer(row.customer_id)
      },
    ],
    [
      'changes rows that are arrays',
      async () => {
        const text = 'select id, customer_id from sparse order by id limit 2'
        const { rows } = await pool.query({ text, rowMode: 'array' })
        for (const row of rows) row[1] = (await customer(row[1])).rows[0]
      },
    ],
    [
      'changes rows inside of a document',
      async () => {
        const { rows } = await pool.query('select json_agg(s order by id) as list from sparse s where id < 3')
        for (const row of rows[0].list) {
          row.customer = (await customer(row.customer_id)).rows[0]
          delete row.customer_id
        }
      },
    ],
  ])('%s', async (_how, run) => {
    const { proofs } = await look(run)
    expect(proofs).toEqual([['customers', 0, 2]])
  })

  test('not as the application changes them before its next query', async () => {
    const { proofs } = await look(async () => {
      const { rows } = await list()
      for (const row of rows) row.customer_id += 1
      await each(rows, ({ customer_id }) => customer(customer_id))
    })
    expect(proofs).toEqual([])
  })
})

describe('origins of other kinds', () => {
  test('rows of a document, and elements of an array', async () => {
    const documents = await look(async () => {
      const { rows } = await pool.query(
        `select c.id, (select json_agg(json_build_object('order', s.id, 'buyer', s.customer_id) order by s.id) from sparse s where s.id < 6) as sales
         from customers c where c.id = 1`,
      )
      await each(rows[0].sales as { buyer: number }[], ({ buyer }) => customer(buyer))
    })
    expect(documents.proofs).toEqual([['customers', 0, 5]])
    expect(documents.findings[0]?.detail).toBe(
      'Each of the 5 values of customers.id came from column sales[] of 5 rows of one earlier query.',
    )
    const elements = await look(async () => {
      const { rows } = await pool.query('select array_agg(customer_id order by id) as ids from sparse')
      await each(rows[0].ids as number[], (id) => customer(id))
    })
    expect(elements.proofs).toEqual([['customers', 0, 25]])
  })

  test('the portions of a cursor that have arrived', async () => {
    const run = (ids: (rows: { customer_id: number }[]) => number[]) => async () => {
      const client = await pool.connect()
      const cursor = client.query(new Cursor('select customer_id from sparse order by id'))
      for (let rows = await cursor.read(5); rows.length > 0; rows = await cursor.read(5)) {
        await each(ids(rows), (id) => customer(id))
      }
      await cursor.close()
      client.release()
    }
    expect((await look(run((rows) => rows.map(({ customer_id }) => customer_id)))).proofs).toEqual([
      ['customers', 0, 25],
    ])
    expect((await look(run((rows) => rows.map(({ customer_id }) => customer_id + 1)))).proofs).toEqual([])
  })

  test('the rows of a stream, while it is read', async () => {
    const { proofs } = await look(async () => {
      const client = await pool.connect()
      const stream = client.query(
        new QueryStream('select id, customer_id from sparse order by id', [], { batchSize: 4 }),
      )
      for await (const row of stream) {
        const id = row.customer_id
        delete row.customer_id
        await customer(id)
      }
      client.release()
    })
    expect(proofs).toEqual([['customers', 0, 25]])
  })
})

describe('when clocks stand still', () => {
  async function frozen<Result>(run: () => Promise<Result>): Promise<Result> {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] })
    try {
      return await run()
    } finally {
      vi.useRealTimers()
    }
  }

  test('no query is its own parent', async () => {
    const { findings } = await frozen(() => look(() => each([1501, 1502], (id) => customer(id))))
    expect(findings).toEqual([])
  })

  test('a loop is proven all the same', async () => {
    const { proofs } = await frozen(() =>
      look(async () => {
        const { rows } = await pool.query('select customer_id from sparse order by id limit 2')
        await each(rows, ({ customer_id }) => customer(customer_id))
      }),
    )
    expect(proofs).toEqual([['customers', 0, 2]])
  })
})

/**
 * The findings of a piece of work; for each proof the queried table, the query that the values came from, and their number.
 */
async function look(run: () => Promise<unknown>, by: Profiler = profiler) {
  const trace = coreOf(by).startTrace({ kind: 'job', name: 'work' })
  await trace.run(async () => await run())
  trace.end()
  await trace.settled()
  const findings = [nPlusOne, nPlusOneWrite].flatMap(({ detect, meta }) =>
    detect(trace.finished as Trace, meta.defaults),
  )
  const proofs = findings.flatMap((finding) => (finding.confidence === 'proven' ? [proofOf(finding)] : []))
  return { findings, proofs: proofs.sort((a, b) => a[3] - b[3]).map((proof) => proof.slice(0, 3)) }
}

function proofOf({ evidence, occurrences: [first] }: Finding) {
  const [, table = ''] = /\b(?:from|into) (\w+)/.exec(evidence[0]?.text ?? '') ?? []
  const { parent = -1, queries = [] } = first ?? {}
  return [table, parent, queries.length, queries[0] ?? 0] as const
}
