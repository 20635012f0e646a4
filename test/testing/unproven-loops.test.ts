// Tests loops that a test could not have revealed, on a real database: a doubt is reported for a list of one row, and in no
// other case.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { expectNoFindings, expectNoNPlusOne } from '../../src/testing/index.ts'
import { failureOf } from './failure-of.ts'
import { openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
beforeAll(() =>
  pool.query(`
    create table shelves (id int primary key, room text unique);
    create table places (id int primary key, shelf_id int, kind int);
    insert into shelves values (7, 'attic');
    insert into places values (7, 7, 7)`),
)
afterAll(() => pool.end())

const NOTHING = '(nothing)'

/** The warning about a function that passes. */
async function doubtsOf(fn: () => Promise<unknown>, use = profiler): Promise<string> {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  try {
    await expectNoNPlusOne(fn, use)
    return warn.mock.calls.map(([text]) => String(text)).join('\n') || NOTHING
  } finally {
    warn.mockRestore()
  }
}

/** The second statement takes a value of the first one's only row. */
const oneAfterTheOther =
  (first: string, column: string, second: string, params: unknown[] = []) =>
  async () => {
    const { rows } = await pool.query(first, params)
    await pool.query(second, [rows[0]?.[column]])
  }

test('a loop over one row warns, with both statements and their lines', async () => {
  await putBooks(1)
  expect(await doubtsOf(authorsOneByOne)).toMatch(
    /^pg-loupe: expectNoNPlusOne is inconclusive: "select id, author_id from books order by id" \(test\/testing\/library\.ts:\d+:\d+ books\) returned a single row, so a loop over its rows would have sent "select name from authors where id = \?" \(test\/testing\/library\.ts:\d+:\d+ authorsOneByOne\) once, as this code did\. Give the test two rows or more\.$/,
  )
})

test('the batch over one row is silent, and the loop over two rows fails', async () => {
  await putBooks(1)
  expect(await doubtsOf(authorsAtOnce)).toBe(NOTHING)
  await putBooks(2)
  expect((await failureOf(() => doubtsOf(authorsOneByOne))).message).toContain('N+1: 2 queries')
})

test('it fails or is silent, depending on the option', async () => {
  await putBooks(1)
  const error = await failureOf(() => expectNoNPlusOne(authorsOneByOne, { inconclusive: 'fail' }, profiler))
  expect(error.message).toMatch(/^expectNoNPlusOne is inconclusive/)
  await expectNoNPlusOne(authorsAtOnce, { inconclusive: 'fail' }, profiler)
  await expectNoNPlusOne(authorsOneByOne, { inconclusive: 'ignore' }, profiler)
  const finding = await failureOf(() => expectNoFindings(authorsOneByOne, { inconclusive: 'fail' }, profiler))
  expect(finding.message).toMatch(/^expectNoFindings is inconclusive/)
  await expectNoFindings(authorsOneByOne, { inconclusive: 'fail', detectors: ['duplicate-query'] }, profiler)
})

test('a list without rows warns, because the loop did not begin', async () => {
  await putBooks(0)
  expect(await doubtsOf(authorsOneByOne)).toContain(
    'returned no row, so a loop over its rows would not have run',
  )
  expect(await doubtsOf(() => pool.query('select id from books where id = 1'))).toBe(NOTHING)
  expect(await doubtsOf(() => pool.query('select count(*) from books'))).toBe(NOTHING)
})

describe('without a catalog a list is recognised by its statement', () => {
  const child = 'select room from shelves where id = $1'

  test.each([
    ['it sorts', 'select id, shelf_id from places where kind = 7 order by id'],
    ['it has a limit above one', 'select id, shelf_id from places where kind = 7 limit 20'],
    ['it compares nothing', 'select id, shelf_id from places'],
    ['it compares with a list', 'select id, shelf_id from places where kind in (7, 8)'],
  ])('because %s', async (_why, parent) => {
    expect(await doubtsOf(oneAfterTheOther(parent, 'shelf_id', child))).toContain('returned a single row')
  })

  test.each([
    ['it looks one up', 'select id, shelf_id from places where id = 7'],
    ['it asks for one', 'select id, shelf_id from places order by id limit 1'],
    ['it is an aggregate', 'select max(shelf_id) as shelf_id from places'],
  ])('it is no list when %s', async (_why, parent) => {
    expect(await doubtsOf(oneAfterTheOther(parent, 'shelf_id', child))).toBe(NOTHING)
  })

  test.each([
    [
      'the value is in a column of another name by chance',
      'select kind from places order by id',
      'kind',
      child,
    ],
    ['the id of one is the id of another', 'select id from places order by id', 'id', child],
    [
      'it was asked for by that value',
      'select shelf_id from places where shelf_id = 7 order by id',
      'shelf_id',
      child,
    ],
    [
      'it asks with a list',
      'select shelf_id from places order by id',
      'shelf_id',
      'select room from shelves where id in ($1)',
    ],
    [
      'it is a page',
      'select shelf_id from places order by id',
      'shelf_id',
      'select room from shelves offset $1',
    ],
  ])('the next statement does not depend on it when %s', async (_why, parent, column, next) => {
    expect(await doubtsOf(oneAfterTheOther(parent, column, next))).toBe(NOTHING)
  })

  test('a value that cannot be a coincidence needs no matching name', async () => {
    await putBooks(1)
    const parent = 'select author_id as writer from books'
    expect(
      await doubtsOf(oneAfterTheOther(parent, 'writer', 'select name from authors where id = $1')),
    ).toContain('returned a single row')
  })
})

describe('a loop that ran twice, with values that prove nothing,', () => {
  const loop = (parent: string, turns: number) => async () => {
    const { rows } = await pool.query(parent)
    for (const { shelf_id } of rows.slice(0, turns)) {
      await pool.query('select room from shelves where id = $1', [shelf_id])
    }
  }
  const alike = (rows: number) => `select i as id, i as shelf_id from generate_series(1, ${rows}) i`

  test('warns, while values that occur nowhere else would be a proof', async () => {
    await pool.query('create table twins as select i id, i shelf_id from generate_series(1, 2) i')
    for (const columns of ['id, shelf_id', 'shelf_id']) {
      const list = `select ${columns} from twins order by id`
      expect(await doubtsOf(loop(list, 2))).toContain(
        `was sent 2 times with values that are in the rows of "${list}"`,
      )
    }
    await pool.query('update twins set shelf_id = 7310 * id')
    const proven = await failureOf(() => doubtsOf(loop('select shelf_id from twins order by id', 2)))
    expect(proven.message).toContain('N+1: 2 queries, one for each row')
  })

  test('becomes a finding with a third row, and rows without a table cause no doubt', async () => {
    expect((await failureOf(() => doubtsOf(loop(alike(3), 3)))).message).toContain(
      'N+1: one query sent 3 times',
    )
    expect(await doubtsOf(loop(alike(2), 2))).toBe(NOTHING)
  })
})

test('is recognised by keys with a catalog', async () => {
  const knowing = createProfiler({ console: 'off', catalog: true })
  const known = profilePool(new pg.Pool(pool.options), knowing)
  const run = (parent: string) => async () => {
    const { rows } = await known.query(parent)
    await known.query('select shelf_id from places where shelf_id = $1', [rows[0].id])
  }
  const sure = "select id from shelves where room = 'attic' order by id"
  expect(await doubtsOf(run(sure), knowing)).toBe(NOTHING)
  expect(await doubtsOf(run("select id from shelves where room > 'a'"), knowing)).toContain(
    'returned a single row',
  )
  await known.end()
})
