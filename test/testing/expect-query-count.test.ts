// Tests the allowed numbers of queries on a real database.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectQueryCount } from '../../src/testing/index.ts'
import { failureOf, lineOf } from './failure-of.ts'
import { LOOP_LINE, openLibrary } from './library.ts'

const { profiler, pool, putBooks, authorsAtOnce, authorsOneByOne } = await openLibrary()
beforeAll(() => putBooks(20))
afterAll(() => pool.end())

const count = <T>(fn: () => T, options: object) => expectQueryCount(fn, options, profiler)

describe('a maximum', () => {
  test('passes for that many and fewer, and returns the result of the function', async () => {
    expect(await count(authorsAtOnce, { max: 2 })).toHaveLength(20)
    expect(await count(authorsAtOnce, { max: 9 })).toHaveLength(20)
  })

  test('fails for more, with each statement, its count, its line and the remedy', async () => {
    const error = await failureOf(() => count(authorsOneByOne, { max: 2 }))
    expect(error.name).toBe('QueryAssertionError')
    expect(error.message).toMatch(/^expected at most 2 queries, but there were 21:\n\n {2}20×/)
    expect(error.message).toContain('20×  select name from authors where id = ?\n')
    expect(error.message).toMatch(new RegExp(`\n {7}test/testing/library\\.ts:${LOOP_LINE}:\\d+`))
    expect(error.message).toContain(' 1×  select id, author_id from books order by id')
    expect(error.message).toMatch(new RegExp(`\\n {4}line {5}test/testing/library\\.ts:${LOOP_LINE}:`))
    expect(error.message).toContain('select id, name from authors where id = any($1)')
  })
})

describe('an exact number', () => {
  test('passes for that number only', async () => {
    await count(authorsAtOnce, { exactly: 2 })
    const more = await failureOf(() => count(authorsAtOnce, { exactly: 1 }))
    expect(more).toMatchObject({ actual: 2, expected: 1 })
    const fewer = await failureOf(() => count(authorsAtOnce, { exactly: 3 }))
    expect(fewer.message).toMatch(/^expected exactly 3 queries, but there were 2:/)
  })

  test('zero passes when no query is sent', async () => {
    expect(await count(() => 'cached', { exactly: 0 })).toBe('cached')
    const error = await failureOf(() => count(authorsAtOnce, { exactly: 0 }))
    expect(error.message).toMatch(/^expected exactly 0 queries, but there were 2:/)
  })
})

describe('matching statements', () => {
  test.each([
    ['the name of a table', 'authors', 1],
    ['words of the statement, whatever their case', 'SELECT name  FROM authors', 1],
    ['a part of a name is no word', 'author', 0],
    ['a RegExp', /^select/, 2],
    ['a RegExp that remembers where it was', /select/g, 2],
  ])('%s', async (_what, matching, exactly) => {
    await count(authorsAtOnce, { exactly, matching })
    expect((await failureOf(() => count(authorsAtOnce, { exactly: 3, matching }))).message).toContain(
      `matching ${typeof matching === 'string' ? `'${matching}'` : matching}`,
    )
  })

  test('quotes in the statement make no difference', async () => {
    const quoted = () => pool.query('select "name" from "authors" where "id" = 1001')
    await count(quoted, { exactly: 1, matching: 'from authors where id' })
    await count(quoted, { exactly: 0, matching: 'from books' })
  })

  test('a maximum is inconclusive when no statement matched', async () => {
    const misspelt = { max: 3, matching: 'autors', inconclusive: 'fail' }
    expect((await failureOf(() => count(authorsAtOnce, misspelt))).message).toBe(
      "expectQueryCount is inconclusive: none of 2 queries was one matching 'autors'",
    )
    await count(authorsAtOnce, { ...misspelt, matching: 'authors' })
    await count(authorsAtOnce, { exactly: 0, matching: 'orders', inconclusive: 'fail' })
  })

  test('lists the other statements when none matched', async () => {
    const error = await failureOf(() => count(authorsAtOnce, { exactly: 1, matching: 'orders' }))
    expect(error.message).toMatch(
      /^expected exactly 1 query matching 'orders', but there was none among:\n\n {2}1×/,
    )
  })
})

test('fails when it saw no query although some were allowed', async () => {
  const error = await failureOf(() => count(() => 1, { max: 2 }))
  expect(error.message).toContain('expectQueryCount saw no query')
})

test.each([
  [{}, 'either max or exactly'],
  [{ max: 1, exactly: 1 }, 'either max or exactly'],
  [{ max: -1 }, 'option max got -1, but takes a whole number of at least 0'],
  [{ max: 1.5 }, 'option max got 1.5'],
  [{ max: 1, matching: 7 }, 'option matching got 7, but takes a RegExp, or words'],
  [{ max: 1, matching: ' ' }, 'option matching got " "'],
  [{ most: 1 }, 'there is no option most; it is one of max, exactly, matching, inconclusive'],
])('refuses %j before anything runs', async (options, message) => {
  const error = await failureOf(() => count(() => expect.unreachable('it ran'), options))
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toContain(message)
  expect(error.message).toMatch(/^pg-loupe: expectQueryCount: /)
})

test('the stack begins at the line of the test, without any frame before it', async () => {
  const error = await failureOf(() => {
    return count(authorsOneByOne, { max: 2 })
  })
  const [head] = (error.stack ?? '').split('\n    at ')
  expect(head).toBe(`QueryAssertionError: ${error.message}`)
  const frame = (error.stack ?? '').slice((head ?? '').length)
  const line = lineOf(
    readFileSync(import.meta.filename, 'utf8').replace(
      'options, profiler)\n',
      'options, profiler) // call\n',
    ),
    'call',
  )
  expect(frame.trimStart()).toMatch(new RegExp(`^at count .*expect-query-count\\.test\\.ts:${line}:`))
})
