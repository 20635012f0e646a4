// The estimate of src/detectors/n-plus-one.md, held against chance itself: random results and loops over values that have
// nothing to do with them, of the kinds that accidents are made of. Beside them, loops over the very rows.
import { expect, test } from 'vitest'
import { nPlusOne } from '../../src/detectors/n-plus-one.ts'
import { sealValues } from '../../src/trace/value-flow/seal-values.ts'
import { inOrder, type Recorded } from '../recorded-query.ts'

const TRACES = 3_000
type Random = () => number
type Sent = readonly [sql: string, recorded?: Recorded]

const STATES = ['new', 'paid', 'shipped', 'active', 'archived', 'open', 'closed']
const CODES = ['DE', 'FR', 'GB', 'NL', 'PL', 'SE', 'US', 'IT']

/** A column of a small database, as `rows` of them are returned. */
const COLUMNS: readonly ((random: Random, rows: number) => unknown[])[] = [
  (_random, rows) => serial(rows),
  (random, rows) => fill(rows, () => whole(random, 1, rows)),
  (random, rows) => fill(rows, () => whole(random, 0, 10)),
  (random, rows) => fill(rows, () => whole(random, 1, 100)),
  (random, rows) => shuffled(random, serial(rows)),
  (random, rows) => fill(rows, () => random() < 0.5),
  (random, rows) => fill(rows, () => pick(random, STATES)),
  (random, rows) => fill(rows, () => pick(random, CODES)),
  (random, rows) => fill(rows, () => new Date(Date.UTC(2026, 0, whole(random, 1, 28)))),
]

/** Values of a loop that come from elsewhere. */
const OUTSIDE: readonly ((random: Random, turns: number) => unknown[])[] = [
  (_random, turns) => serial(turns),
  (random, turns) => shuffled(random, serial(30)).slice(0, turns),
  (random, turns) =>
    shuffled(random, serial(30))
      .slice(0, turns)
      .sort((a, b) => a - b),
  (random, turns) => shuffled(random, serial(turns)),
  (random, turns) => fill(turns, () => whole(random, 0, 10)),
  (random, turns) => fill(turns, () => random() < 0.5),
  (random, turns) => shuffled(random, STATES).slice(0, turns),
  (random, turns) => shuffled(random, CODES).slice(0, turns),
  (random, turns) => fill(turns, (at) => new Date(Date.UTC(2026, 0, 1 + at + whole(random, 0, 3)))),
]
/** One of them says that it holds ids of customers. */
const NAMES = [
  ...['id', 'customer_id', 'status', 'position', 'kind', 'level', 'owner', 'amount', 'code', 'title'],
  ...['created_at', 'parent_id', 'product_id', 'visits', 'version', 'rank'],
]

/** Some lists, with names that now and then say whose ids they hold. */
function lists(random: Random): Sent[] {
  return fill(whole(random, 1, 4), (at) => {
    const rows = whole(random, 2, 25)
    const columns = fill(whole(random, 2, 6), () => pick(random, COLUMNS)(random, rows))
    const fields = columns.map((_, position) => ({
      name: pick(random, NAMES),
      tableID: 100 + at,
      columnID: position + 1,
    }))
    return [
      `select ${at} from t${at}`,
      { fields, rows: fill(rows, (row) => columns.map((cells) => cells[row])) },
    ]
  })
}

function loop(values: readonly unknown[]): Sent[] {
  return values.map((value) => ['select name from customers where id = $1', { params: [value] }])
}

function isProven(sent: readonly Sent[]): boolean {
  const queries = inOrder(...sent)
  sealValues(queries)
  const trace = { v: 1, id: 'a', kind: 'http', name: 'GET /', truncated: 0, queries } as const
  return nPlusOne.detect(trace, nPlusOne.meta.defaults).some(({ confidence }) => confidence === 'proven')
}

test('fewer than 1 in 1,000 of thousands of loops over values from elsewhere are called proven', () => {
  const random = randomFrom(20_261_121)
  let proven = 0
  for (let trace = 0; trace < TRACES; trace++) {
    const values = pick(random, OUTSIDE)(random, whole(random, 2, 25))
    if (isProven([...lists(random), ...loop(values)])) proven++
  }
  expect(proven).toBeLessThan(TRACES / 1000)
})

test('booleans, states, codes and dates are proven by none of them', () => {
  const random = randomFrom(7)
  const kinds = OUTSIDE.slice(5)
  let proven = 0
  for (let trace = 0; trace < TRACES; trace++) {
    const values = pick(random, kinds)(random, whole(random, 2, 5))
    if (isProven([...lists(random), ...loop(values)])) proven++
  }
  expect(proven).toBe(0)
})

test('loops over the rows themselves are proven', () => {
  const random = randomFrom(3)
  const missed: unknown[] = []
  for (let trace = 0; trace < 500; trace++) {
    const rows = whole(random, 6, 25)
    const ids = pick(random, [
      serial(rows),
      shuffled(random, serial(rows)),
      fill(rows, () => whole(random, 1, 5_000)),
    ])
    const fields = ['id', 'customer_id'].map((name, at) => ({ name, tableID: 9, columnID: at + 1 }))
    const list: Sent = [
      'select id, customer_id from orders',
      { fields, rows: ids.map((id, at) => [rows - at, id]) },
    ]
    if (!isProven([list, ...loop(ids)])) missed.push(ids)
  }
  expect(missed).toEqual([])
})

function serial(count: number): number[] {
  return fill(count, (at) => at + 1)
}

function fill<Item>(count: number, make: (at: number) => Item): Item[] {
  return Array.from({ length: count }, (_, at) => make(at))
}

function whole(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1))
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[whole(random, 0, items.length - 1)] as Item
}

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** The same numbers in each run (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
