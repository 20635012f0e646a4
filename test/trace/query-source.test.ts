// Reading the call that sends a query from its source, and the cases for which no code is advised.
import { describe, expect, test } from 'vitest'
import { vocabulary } from '../../src/advice/advisors.ts'
import { drizzleRead } from '../../src/advice/drizzle/code.ts'
import { readFromPool, writeToPool } from '../../src/advice/pg/pool-code.ts'
import { readTokens } from '../../src/source/tokens.ts'
import { readQuerySource } from '../../src/trace/source/query-source.ts'
import type { QuerySource } from '../../src/types/query.ts'

/** The source of the last call of `where`, or of another name. */
function sourceOf(text: string, { name = 'where', file = '/app/orders.ts' } = {}): QuerySource | undefined {
  const tokens = readTokens(text)
  return readQuerySource(tokens, text, tokens.texts.lastIndexOf(name), file, vocabulary)
}

const inLoop = (query: string, head = 'for (const order of orders)', before = '') =>
  `import { eq } from 'drizzle-orm'\nasync function list() {\n${before}\n${head} {\n  const found = await ${query}\n}\n}`
const LINES = 'db.select().from(lines).where(eq(lines.orderId, order.id))'

describe('a loop is read as it is written', () => {
  test('with a pattern and with an array', () => {
    const source = sourceOf(
      inLoop(
        'db.select().from(lines).where(eq(lines.orderId, id))',
        'for (const { id, name: label } of orders)',
        'orders.push(1)',
      ),
    )
    expect(source?.loop).toMatchObject({
      over: 'orders',
      isArray: true,
      each: '{ id, name: label }',
      names: ['id', 'label'],
    })
  })

  test('as a callback with a typed parameter, after other arguments', () => {
    const text = `async function list() { await pMapLimit(orders, 3, async (order: Order, index) => { await ${LINES} }) }`
    expect(sourceOf(text)?.loop).toMatchObject({
      over: 'orders',
      each: 'order',
      names: ['order'],
      mayAwait: true,
    })
  })

  test('with the values of its constants', () => {
    const text = inLoop(
      'db.select(columns).from(lines).where(eq(lines.orderId, key))',
      'for (const order of orders)',
    ).replace(
      '  const found',
      '  const columns = { line: lines.line }\n  const { id: key } = order\n  const found',
    )
    expect(sourceOf(text)?.loop?.expression).toBe(
      'db.select({ line: lines.line }).from(lines).where(eq(lines.orderId, order.id))',
    )
  })
})

describe('no code is advised', () => {
  const cases: Record<string, string> = {
    'when no loop is around the query': `async function lines(order) { return ${LINES} }`,
    'when the query is in another function that the loop calls': `async function list() { for (const order of orders) await within(async () => { await ${LINES} }) }`,
    'when the loop counts': `async function list() { for (let i = 0; i < orders.length; i++) { await db.select().from(lines).where(eq(lines.orderId, orders[i].id)) } }`,
    'when a call makes what the loop iterates over': inLoop(LINES, 'for (const order of takeOrders())'),
    'when await is not allowed before the loop': `function list() { return orders.map((order) => ${LINES}) }`,
    'when the value is awaited in the loop': inLoop(
      'db.select().from(lines).where(eq(lines.orderId, key))',
      'for (const order of orders)',
    ).replace('  const found', '  const key = await keyOf(order)\n  const found'),
    'when the number of the turn is a value': `async function list() { await Promise.all(orders.map(async (order, index) => { await db.select().from(lines).where(and(eq(lines.orderId, order.id), eq(lines.line, index))) })) }`,
    'when a join may give null': inLoop(
      `db.select().from(lines).leftJoin(notes, eq(notes.id, lines.noteId)).where(eq(lines.orderId, order.id))`,
    ),
    'when the value is compared in an or': inLoop(
      'db.select().from(lines).where(or(eq(lines.orderId, order.id), eq(lines.free, true)))',
    ),
    'when rows are locked': inLoop(`${LINES}.for('update')`),
    'when inArray means something else in the file': inLoop(
      LINES,
      'for (const order of orders)',
      'const inArray = 1',
    ),
    'when a text looks like a key': inLoop(
      `db.select().from(lines).where(and(eq(lines.orderId, order.id), eq(lines.key, 'sk_live_4eC39HqLyjWDarjtT1zdp7dc')))`,
    ),
  }
  test.each(Object.entries(cases))('%s', (_case, text) => {
    const source = sourceOf(text)
    expect(source && drizzleRead(source, { isOneRow: false })).toBeUndefined()
  })

  test.each([
    [
      'with a statement that is built',
      `pool.query('select id from lines where order_id = $1' + rest, [order.id])`,
    ],
    ['with a value in the text', 'pool.query(`select id from lines where order_id = $' + '{order.id}`, [])'],
    ['with an or', `pool.query('select id from lines where order_id = $1 or free', [order.id])`],
    [
      'with an upsert',
      `pool.query('insert into t (id) values ($1) on conflict (id) do update set n = 1', [order.id])`,
    ],
  ])('for pg %s', (_case, query) => {
    const source = sourceOf(inLoop(query).replace('const found', 'const { rows }'), { name: 'query' })
    expect(source && readFromPool(source, { isOneRow: false })).toBeUndefined()
    expect(source && writeToPool('insert', source)).toBeUndefined()
  })
})

test('rows that are unique by their key are looked up without lists that grow', () => {
  const source = sourceOf(inLoop('db.select().from(customers).where(eq(customers.id, order.customerId))'))
  expect(source && drizzleRead(source, { isOneRow: true })?.fix).toContain(
    'const customersById = new Map(customersFound.map((row) => [row.id, [row]]))\n',
  )
  const query = `pool.query('select id, name from customers where id = $1', [order.customerId])`
  const read = sourceOf(inLoop(query).replace('const found', 'const { rows }'), { name: 'query' })
  expect(read && readFromPool(read, { isOneRow: true })?.fix).toContain(
    'const customersById = new Map(customersFound.map((row) => [String(row.id), [row]]))\n',
  )
})

test('the code does not declare names that the file has already', () => {
  const source = sourceOf(inLoop(LINES, 'for (const order of orders)', 'const linesByOrderId = 1'))
  const fix = source && drizzleRead(source, { isOneRow: false })?.fix
  expect(fix).toContain('const linesByOrderId2 = new Map<')
  expect(fix).toContain('linesByOrderId2.get(order.id) ?? []')
})

test('the code does not declare names with a number that the file has already', () => {
  const declared = ['linesFound', 'linesFound2', 'linesByOrderId', 'linesByOrderId2'].map(
    (name) => `const ${name} = 1`,
  )
  const source = sourceOf(inLoop(LINES, 'for (const order of orders)', declared.join('\n')))
  const fix = source && drizzleRead(source, { isOneRow: false })?.fix
  expect(fix).toContain('const linesFound3 = await')
  expect(fix).toContain('linesByOrderId3.get(order.id) ?? []')
})

describe('a key of several columns', () => {
  const both = 'and(eq(lines.orderId, order.id), eq(lines.kind, order.kind))'
  const query = `db.select().from(lines).where(${both})`

  test('is one text that a function makes', () => {
    const source = sourceOf(inLoop(query))
    const fix = source && drizzleRead(source, { isOneRow: false })?.fix
    expect(fix).toContain('const keyOfLines = (...values: unknown[]) => JSON.stringify(values)')
    expect(fix).toContain('.get(keyOfLines(order.id, order.kind)) ?? []')
    expect(fix?.match(/JSON\.stringify/g)).toHaveLength(1)
  })

  test('uses a function with a name that the file does not have', () => {
    const source = sourceOf(inLoop(query, 'for (const order of orders)', 'const keyOfLines = 1'))
    expect(source && drizzleRead(source, { isOneRow: false })?.fix).toContain('const keyOfLines2 = (')
  })
})

describe('the code for a loop in another loop replaces the query of the inner loop', () => {
  const isInner = (text: string) => {
    const source = sourceOf(text)
    const { remediation, fix } = (source && drizzleRead(source, { isOneRow: false })) ?? {}
    expect(fix).toContain('instead of the query:')
    expect([remediation, fix].map((part) => part?.includes('inner loop'))).toEqual(
      Array(2).fill(source?.loop?.isNested),
    )
    return source?.loop?.isNested
  }

  test.each([
    ['for (const buyer of buyers) { for (const order of buyer.orders) {', '} }'],
    ['for (const buyer of buyers) for (const order of buyer.orders) {', '}'],
    ['for (const buyer of buyers) { await Promise.all(buyer.orders.map(async (order) => {', '})) }'],
    ['await pMap(buyers, async (buyer) => { for (const order of buyer.orders) {', '} })'],
  ])('%s', (head, end) => {
    expect(isInner(`async function list() { ${head} const found = await ${LINES} ${end} }`)).toBe(true)
  })

  test.each([
    ['for (const order of orders) {', '}'],
    ['await pMap(orders, async (order) => {', '})'],
    ['for (const buyer of buyers) greet(buyer); for (const order of orders) {', '}'],
    ['for (const buyer of buyers) { greet(buyer) }\nfor (const order of orders) {', '}'],
    ['on(buyers, async () => { for (const order of orders) {', '} })'],
  ])('a loop that is in no other loop: %s', (head, end) => {
    expect(isInner(`async function list() { ${head} const found = await ${LINES} ${end} }`)).toBe(false)
  })
})

test('a variable of the same name in another function does not count as a use of the result', () => {
  const text = inLoop(`pool.query('select id from lines where order_id = $1', [order.id])`).replace(
    /\n\}\n\}$/,
    '\n  found.rows.length\n}\n}',
  )
  expect(sourceOf(text, { name: 'query' })?.result).toBe('rows')
  expect(
    sourceOf(`${text}\nasync function other() { const found = 1; send(found) }`, { name: 'query' })?.result,
  ).toBe('rows')
  expect(sourceOf(text.replace('found.rows', 'send(found); found.rows'), { name: 'query' })?.result).toBe(
    'used',
  )
})

test('JavaScript gets code without types, and a file with require gets no import', () => {
  const text = inLoop(LINES).replace(
    `import { eq } from 'drizzle-orm'`,
    `const { eq } = require('drizzle-orm')`,
  )
  const source = sourceOf(text, { file: '/app/orders.js' })
  const fix = source && drizzleRead(source, { isOneRow: false })?.fix
  expect(fix).toContain(`const { inArray } = require('drizzle-orm')`)
  expect(fix).toContain('const linesByOrderId = new Map()')
})
