// Tests on a real database, at several sizes, that the number of queries does not grow.
import { afterAll, describe, expect, test, vi } from 'vitest'
import { captureQueries, expectConstantQueries } from '../../src/testing/index.ts'
import { failureOf } from './failure-of.ts'
import { LOOP_LINE, openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
afterAll(() => pool.end())

const constant = (run: (scale: number) => unknown, more: object = {}) =>
  expectConstantQueries({ populate: putBooks, run, ...more }, profiler)

test('passes for the batch, and returns the results of each size', async () => {
  const results = await constant(authorsAtOnce)
  expect(results.map((authors) => (authors as unknown[]).length)).toEqual([2, 3])
})

test('fails on the loop with the counts of each size, the table, the line and the remedy', async () => {
  const error = await failureOf(() => constant(authorsOneByOne))
  expect(error.message).toMatch(/^expected the same number of queries at each size, but it grows:\n\n/)
  expect(error.message).toContain(
    '  size          2   3\n  all queries   3   4\n  authors       2   3   select name from',
  )
  expect(error.message).toMatch(new RegExp(`\n {24}test/testing/library\\.ts:${LOOP_LINE}:\\d+`))
  expect(error.message).toContain('select id, name from authors where id = any($1)')
  expect(error.message).not.toContain('books   ')
})

test('accepts more than two sizes', async () => {
  await constant(authorsAtOnce, { scales: [1, 5, 12] })
  const error = await failureOf(() => constant(authorsOneByOne, { scales: [1, 5, 12] }))
  expect(error.message).toContain(
    '  size          1   5   12\n  all queries   2   6   13\n  authors       1   5   12',
  )
})

describe('queries at the first size only', () => {
  const firstTime = () => {
    let isFirst = true
    return async () => {
      if (isFirst) for (let i = 0; i < 5; i++) await pool.query('select current_setting($1)', ['TimeZone'])
      isFirst = false
    }
  }

  test('are no growth', async () => {
    const setUp = firstTime()
    await constant(async () => {
      await setUp()
      return authorsAtOnce()
    })
  })

  test('do not hide a loop behind a smaller total', async () => {
    const setUp = firstTime()
    const error = await failureOf(() =>
      constant(async () => {
        await setUp()
        return authorsOneByOne()
      }),
    )
    expect(error.message).toContain('all queries   8   4\n  authors       2   3')
  })
})

test('growth at a middle size is growth', async () => {
  const some = async (scale: number) => {
    for (let i = 0; i < (scale === 3 ? 3 : 1); i++) await pool.query('select count(*) from books')
  }
  const error = await failureOf(() => constant(some, { scales: [2, 3, 4] }))
  expect(error.message).toContain('books         1   3   1')
})

test('a statement that replaces another is no growth, an additional one is', async () => {
  const both = async (scale: number, whenSmall: boolean) => {
    if (scale === 2 || !whenSmall) await pool.query('select id from books where id = 1')
    if (scale === 3) await pool.query('select id from books where id = 1 or id = 2')
    await pool.query('select id from books')
  }
  await constant((scale) => both(scale, true))
  const error = await failureOf(() => constant((scale) => both(scale, false)))
  expect(error.message).toContain('books         0   1   select id from books where id = ? or id = ?')
})

test('compares only matching statements when `matching` is given', async () => {
  await constant(authorsOneByOne, { matching: 'books' })
  const error = await failureOf(() => constant(authorsOneByOne, { matching: /authors/ }))
  expect(error.message).toContain('all queries   2   3')
})

test('fails when no statement matched, because nothing was compared', async () => {
  const error = await failureOf(() => constant(authorsAtOnce, { matching: 'autors' }))
  expect(error.message).toMatch(
    /^expectConstantQueries saw no query matching 'autors', so it proves nothing; there were others:\n\n {2}1×/,
  )
})

test('queries of populate do not count', async () => {
  const populate = async (scale: number) => {
    await pool.query('truncate books')
    for (let i = 0; i < scale; i++) await pool.query('insert into books (author_id) values ($1)', [1001 + i])
  }
  await constant(authorsAtOnce, { populate })
})

test('writes for each row grow, even without populate', async () => {
  const insertOneByOne = async (scale: number) => {
    for (let i = 0; i < scale; i++) await pool.query('insert into books (author_id) values ($1)', [i])
  }
  const error = await failureOf(() => expectConstantQueries({ run: insertOneByOne }, profiler))
  expect(error.message).toContain('books         2   3   insert into books')
  const insertAtOnce = (scale: number) =>
    pool.query('insert into books (author_id) select generate_series(1, $1::int)', [scale])
  await expectConstantQueries({ run: insertAtOnce }, profiler)
})

describe('when no query returns more at the larger size', () => {
  test('it passes with a warning, because nothing is proven', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    await constant(authorsOneByOne, { populate: () => putBooks(1) })
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('returned no more at size 3 than at size 2'), 'InconclusiveAssertion'],
    ])
    warn.mockClear()
    await constant(authorsAtOnce)
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })

  test('it fails or is silent, depending on the option', async () => {
    const populate = () => putBooks(1)
    const error = await failureOf(() => constant(authorsOneByOne, { populate, inconclusive: 'fail' }))
    expect(error.message).toContain('Does populate create rows that run reads?')
    await constant(authorsOneByOne, { populate, inconclusive: 'ignore' })
  })

  test('rows nested in one row count as more', async () => {
    const nested = () => pool.query('select json_agg(title) from books')
    await constant(nested, { inconclusive: 'fail' })
  })
})

test('fails when it saw no query at any size', async () => {
  expect((await failureOf(() => constant(() => 1))).message).toContain('expectConstantQueries saw no query')
})

test('throws the errors of populate and run unchanged', async () => {
  const planned = new Error('planned')
  const fail = () => Promise.reject(planned)
  expect(await failureOf(() => constant(fail))).toBe(planned)
  expect(await failureOf(() => constant(authorsAtOnce, { populate: fail }))).toBe(planned)
})

test.each([
  [{ scales: [2] }, 'option scales got [2], but takes an array of at least two whole numbers'],
  [
    { scales: [3, 2] },
    'option scales got [3,2], but takes an array of at least two whole numbers, each larger',
  ],
  [{ scales: [0, 2] }, 'option scales.0 got 0'],
  [{ run: 1 }, 'option run got 1, but takes a function'],
  [{ populate: [] }, 'option populate got [], but takes a function'],
  [{ inconclusive: 'maybe' }, 'but takes one of fail, warn, ignore'],
  [{ scale: [2, 3] }, 'there is no option scale; it is one of scales, populate, run'],
])('refuses %j before anything runs', async (options, message) => {
  const error = await failureOf(() =>
    expectConstantQueries({ run: () => expect.unreachable('it ran'), ...options } as never, profiler),
  )
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toContain(message)
})

test('a nested assertion has its own count, and the outer one counts both', async () => {
  const { count } = await captureQueries(async () => {
    await putBooks(2)
    await constant(authorsAtOnce)
  }, profiler)
  expect(count).toBe(2 + 2 * 2 + 2 * 2)
})
