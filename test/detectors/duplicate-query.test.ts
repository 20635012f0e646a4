import { describe, expect, test } from 'vitest'
import { duplicateQuery } from '../../src/detectors/duplicate-query.ts'
import type { Query } from '../../src/types/query.ts'
import type { Trace } from '../../src/types/trace.ts'
import { each, frame, from, q, trace } from '../trace-builder.ts'

const SETTING = 'select value from settings where key = $1'

const detect = (found: Trace, options = duplicateQuery.meta.defaults) => duplicateQuery.detect(found, options)

function setting(line: number, more: Partial<Query> = {}): Query {
  return q(SETTING, ['currency'], { at: `money.ts:${line}:9 format`, rows: 1, resultHash: 'r', ...more })
}

describe('finds', () => {
  test('one lookup asked five times, and names its line', () => {
    const [finding, ...more] = detect(
      trace(
        'GET /x',
        each([1, 2, 3, 4, 5], () => setting(13)),
      ),
    )
    expect(more).toEqual([])
    expect(finding).toMatchObject({
      confidence: 'proven',
      title: 'The same query 5 times',
      callSite: [{ file: 'money.ts', line: 13 }],
      occurrences: [{ queries: [0, 1, 2, 3, 4] }],
      cost: { queries: 4, roundTrips: 4 },
    })
  })

  test('the same lookup from three places, all of them named', () => {
    const [finding] = detect(trace('GET /x', setting(1), setting(2), setting(3), setting(3)))
    expect(finding?.title).toBe('The same query 4 times from 3 places')
    expect(finding?.callSite[0]?.line).toBe(3)
    expect(finding?.evidence.flatMap(({ callSite }) => callSite?.line ?? [])).toEqual([3, 1, 2])
  })

  test('says how many places are not listed', () => {
    const lines = Array.from({ length: 13 }, (_, index) => index + 1)
    const [finding] = detect(
      trace(
        'GET /x',
        each(lines, (line) => setting(line as number)),
      ),
    )
    expect(finding?.evidence.at(-1)?.text).toBe('3 more places, not listed')
  })

  test('one helper called from two places, and names those', () => {
    const call = (line: number) =>
      setting(13, { callSite: [frame('money.ts:13 load'), frame(`x.ts:${line} show`)] })
    const [finding] = detect(trace('GET /x', call(1), call(2)))
    expect(finding?.callSite[0]?.line).toBe(13)
    expect(finding?.evidence.flatMap(({ callSite }) => callSite?.line ?? [])).toEqual([1, 2])
  })

  test('one loop, of which only the first turn has all callers in its stack, as one place', () => {
    const turn = (...callers: string[]) =>
      setting(13, { callSite: [frame('money.ts:13 load'), ...callers.map(frame)] })
    const [finding] = detect(
      trace('GET /x', turn('a.ts:2 run', 'x.ts:1 show'), turn('x.ts:1 show'), turn('x.ts:1 show')),
    )
    expect(finding?.title).toBe('The same query 3 times')
  })

  test('several lookups that are each asked twice, as one finding', () => {
    const twice = ['a', 'b'].flatMap((key) =>
      [1, 2].map((line) => q(SETTING, [key], { at: `x.ts:${line}:1`, rows: 1 })),
    )
    expect(detect(trace('GET /x', twice))).toMatchObject([
      { title: 'The same query 4 times from 2 places, for 2 different sets of values', cost: { queries: 2 } },
    ])
  })

  test('values written into the text', () => {
    expect(
      detect(
        trace(
          'GET /x',
          each([1, 2], () => q('select * from users where id = 7')),
        ),
      ),
    ).toHaveLength(1)
  })

  test('a read again after a write to another table', () => {
    expect(
      detect(trace('GET /x', setting(1), q('insert into audit (a) values (1)'), setting(2))),
    ).toHaveLength(1)
  })

  test('less surely what a recording holds no results of', () => {
    const [finding] = detect(
      trace(
        'GET /x',
        each([1, 2], () => q('select * from book')),
      ),
    )
    expect(finding).toMatchObject({
      confidence: 'likely',
      detail: expect.stringContaining('Same statement, same values; nothing'),
    })
  })
})

describe('is quiet about', () => {
  const CUSTOMER = 'select name from customers where id = $1'
  test.each<[string, Trace]>([
    ['the fixed code', trace('GET /x', setting(13))],
    [
      'other values',
      trace(
        'GET /x',
        each(['a', 'b'], (key) => q(SETTING, [key])),
      ),
    ],
    ['another result', trace('GET /x', setting(1), setting(1, { resultHash: 'other' }))],
    [
      'another number of rows',
      trace('GET /x', q(SETTING, ['a'], { rows: 0 }), q(SETTING, ['a'], { rows: 1 })),
    ],
    [
      're-reading after an update',
      trace('GET /x', setting(1), q('update settings set value = 1'), setting(2)),
    ],
    [
      're-reading after a write in another spelling',
      trace('GET /x', setting(1), q('UPDATE ONLY public."settings" SET value = 1'), setting(2)),
    ],
    [
      're-reading after a write inside WITH',
      trace('GET /x', setting(1), q('with w as (delete from settings returning 1) select 1'), setting(2)),
    ],
    [
      're-reading after a function that may write',
      trace('GET /x', setting(1), q('select rebuild_settings($1)', [1]), setting(2)),
    ],
    [
      're-reading after a function in FROM',
      trace('GET /x', setting(1), q('select * from rebuild_settings($1)', [1]), setting(2)),
    ],
    ['re-reading after CALL', trace('GET /x', setting(1), q('call rebuild_settings()'), setting(2))],
    [
      'locking reads',
      trace(
        'GET /x',
        each([1, 2], () => q('select * from t where id = 1 for update')),
      ),
    ],
    [
      'health checks',
      trace(
        'GET /x',
        each([1, 2, 3], () => q('select 1')),
      ),
    ],
    [
      'settings of the session',
      trace(
        'GET /x',
        each([1, 2], () => q('select set_config($1, $2, true)', ['a', 'b'])),
      ),
    ],
    [
      'inserts',
      trace(
        'GET /x',
        each([1, 2], () => q('insert into t values (1)')),
      ),
    ],
    ['a retry after an error', trace('GET /x', setting(1, { error: '40001' }), setting(1))],
    [
      'polling',
      trace(
        'GET /x',
        each([0, 500, 1000], (startMs) => setting(1, { startMs: startMs as number })),
      ),
    ],
    [
      'polling every 100 ms',
      trace(
        'GET /x',
        each([0, 100, 203], (startMs) => setting(1, { startMs: startMs as number })),
      ),
    ],
    [
      'what a loop with other values repeats',
      trace(
        'GET /x',
        q('select customer_id from orders', [], { rows: 4 }),
        each([5, 6, 5, 7], (id) => q(CUSTOMER, [id], { at: 'x.ts:5:1', ...from(0, 'customer_id', 4) })),
      ),
    ],
    [
      'a worker that looks the same up for each job',
      trace(
        'worker',
        each([1, 2], () => q('select id from jobs for update skip locked limit 1')).flatMap((claim) => [
          claim,
          setting(1),
        ]),
      ),
    ],
    [
      'statements whose values nobody recorded',
      trace(
        'GET /x',
        each([1, 2], () => ({ sql: SETTING })),
      ),
    ],
  ])('%s', (_what, found) => {
    expect(detect(found)).toEqual([])
  })
})

test('pauses in which something else is asked are no polling', () => {
  const turns = [0, 100, 200].flatMap((startMs) => [
    setting(1, { startMs }),
    q('select name from shops where id = $1', [startMs], { startMs: startMs + 50, at: `y.ts:${startMs}:1` }),
  ])
  expect(detect(trace('GET /x', turns))).toHaveLength(1)
})

test('the threshold is an option', () => {
  expect(detect(trace('GET /x', setting(1), setting(2)), { minQueries: 3 })).toEqual([])
})
