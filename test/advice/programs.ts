// Programs with a loop that should be one query. The line `// loop` comes before the loop, `// end` after it, and the query is
// between `/*<*/` and `/*>*/`, so that a test can paste the code that a finding advises. The Drizzle tables have other names
// than the tables in SQL. Some rows have no parents or no children, and some values come twice.

export interface Program {
  name: string
  code: string
  /** Given when the code differs between versions of Drizzle. */
  only?: '0.45' | '1.0'
  /** No code is advised. */
  isQuiet?: true
  imports?: readonly string[]
}

const buyers = `const people = await db.select({ id: buyers.id, name: buyers.name }).from(buyers).orderBy(buyers.id)`
const orders = `const bought = await db.select().from(purchases).orderBy(purchases.id)`

export const drizzlePrograms: readonly Program[] = [
  {
    name: 'a lookup by a key that is not selected',
    code: `${orders}
const answer = []
// loop
for (const { id, buyerId } of bought) {
  const name = { name: buyers.name }
  const [buyer] = /*<*/await db.select(name).from(buyers).where(eq(buyers.id, buyerId!))/*>*/
  answer.push({ id, name: buyer?.name })
}
// end
return answer`,
  },
  {
    name: 'the whole rows of a child table',
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  const lines = /*<*/await db
    .select()
    .from(purchases)
    .where(eq(purchases.buyerId, person.id))
    .orderBy(desc(purchases.id))/*>*/
  answer.push({ ...person, lines })
}
// end
return answer`,
  },
  {
    name: 'a condition beside the key, all at once in Promise.all',
    code: `${buyers}
// loop
const answer = await Promise.all(
  people.map(async (person) => {
    const open = /*<*/await db
      .select({ buyerId: purchases.buyerId, id: purchases.id })
      .from(purchases)
      .where(and(eq(purchases.buyerId, person.id), eq(purchases.state, 'open')))
      .orderBy(purchases.id)/*>*/
    return { name: person.name, open }
  }),
)
// end
return answer`,
  },
  {
    name: 'queries as the values of a map',
    code: `${buyers}
// loop
const answer = await Promise.all(
  people.map((person) => /*<*/db.select({ id: purchases.id }).from(purchases).where(eq(purchases.buyerId, person.id)).orderBy(purchases.id)/*>*/),
)
// end
return answer`,
  },
  {
    name: 'a value that is null in some rows',
    code: `${orders}
const answer = []
// loop
for (const order of bought) {
  if (order.buyerId === null) continue
  answer.push(/*<*/await db.select().from(buyers).where(eq(buyers.id, order.buyerId))/*>*/)
}
// end
return answer`,
  },
  {
    name: 'a key of two columns',
    code: `const lines = await db.select().from(parts).orderBy(parts.purchaseId, parts.line)
const answer = []
// loop
for (const { depotId, sku } of lines) {
  const [stock] = /*<*/await db
    .select({ amount: stocks.amount })
    .from(stocks)
    .where(and(eq(stocks.depotId, depotId), eq(stocks.sku, sku)))/*>*/
  answer.push(stock?.amount ?? 0)
}
// end
return answer`,
  },
  {
    name: 'a number of rows by $count',
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  const number = /*<*/await db.$count(purchases, eq(purchases.buyerId, person.id))/*>*/
  answer.push({ ...person, number })
}
// end
return answer`,
  },
  {
    name: 'several aggregates',
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  const [totals] = /*<*/await db
    .select({ number: count(), cents: sum(purchases.cents), last: max(purchases.id) })
    .from(purchases)
    .where(eq(purchases.buyerId, person.id))/*>*/
  answer.push({ ...person, ...totals })
}
// end
return answer`,
    imports: ['count', 'sum', 'max'],
  },
  {
    name: 'an aggregate in SQL',
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  answer.push(/*<*/await db.select({ number: sql<number>\`count(*)::int\` }).from(purchases).where(eq(purchases.buyerId, person.id))/*>*/)
}
// end
return answer`,
    imports: ['sql'],
  },
  {
    name: 'the latest rows of each parent',
    code: `${buyers}
const SHOWN = 2
const answer = []
// loop
for (const person of people) {
  const latest = /*<*/await db
    .select({ id: purchases.id, cents: purchases.cents })
    .from(purchases)
    .where(eq(purchases.buyerId, person.id))
    .orderBy(desc(purchases.cents), purchases.id)
    .limit(SHOWN)/*>*/
  answer.push({ ...person, latest })
}
// end
return answer`,
  },
  {
    name: 'the latest row of each parent, with all columns',
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  const [latest] = /*<*/await db.select().from(purchases).where(eq(purchases.buyerId, person.id)).orderBy(desc(purchases.id)).limit(1)/*>*/
  answer.push({ ...person, latest })
}
// end
return answer`,
  },
  {
    name: 'a lookup by the primary key with a limit',
    code: `${orders}
const answer = []
// loop
for (const { buyerId } of bought) {
  if (buyerId !== null) answer.push(/*<*/await db.select().from(buyers).where(eq(buyers.id, buyerId)).limit(1)/*>*/)
}
// end
return answer`,
  },
  {
    name: 'a join',
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  const lines = /*<*/await db
    .select({ line: parts.line, cents: purchases.cents })
    .from(parts)
    .innerJoin(purchases, eq(purchases.id, parts.purchaseId))
    .where(eq(purchases.buyerId, person.id))
    .orderBy(parts.purchaseId, parts.line)/*>*/
  answer.push({ ...person, lines })
}
// end
return answer`,
  },
  {
    name: 'a loop over the ids themselves',
    code: `${buyers}
const ids = new Set(people.map(({ id }) => id))
const answer = []
// loop
for (const id of ids) answer.push(/*<*/await db.select({ cents: purchases.cents }).from(purchases).where(eq(purchases.buyerId, id)).orderBy(purchases.id)/*>*/)
// end
return answer`,
  },
  {
    name: 'a relational query',
    only: '0.45',
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  const first = /*<*/await db.query.purchases.findFirst({ where: eq(purchases.buyerId, person.id), orderBy: purchases.id, with: { parts: true } })/*>*/
  answer.push({ ...person, first })
}
// end
return answer`,
  },
  {
    name: 'a relational query of 1.0',
    only: '1.0',
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  const all = /*<*/await db.query.purchases.findMany({ where: { buyerId: person.id, state: 'open' }, orderBy: { id: 'asc' }, with: { parts: true } })/*>*/
  answer.push({ ...person, all })
}
// end
return answer`,
  },
  {
    name: 'inserts',
    code: `const [most] = await db.select({ id: max(buyers.id) }).from(buyers)
const people = ['Ida', 'Jo', 'Kim', 'Lou']
// loop
for (const [index, name] of people.entries()) {
  const id = (most?.id ?? 0) + index + 1
  const person = { id, name }
  /*<*/await db.insert(buyers).values(person)/*>*/
}
// end
const added = await db.select().from(buyers).where(gt(buyers.id, most?.id ?? 0)).orderBy(buyers.id)
await db.delete(buyers).where(gt(buyers.id, most?.id ?? 0))
return added`,
    imports: ['max', 'gt'],
  },
  {
    name: 'deletes',
    code: `await db.insert(stocks).values([9, 10, 11].map((depotId) => ({ depotId, sku: 'gone', amount: 1 })))
const found = await db.select().from(stocks).where(eq(stocks.sku, 'gone')).orderBy(stocks.depotId)
// loop
for (const stock of found) {
  /*<*/await db.delete(stocks).where(and(eq(stocks.sku, 'gone'), eq(stocks.depotId, stock.depotId)))/*>*/
}
// end
return await db.select().from(stocks).orderBy(stocks.depotId, stocks.sku)`,
  },
  {
    name: 'updates to one value',
    code: `await db.update(purchases).set({ state: 'open' })
const found = await db.select().from(purchases).orderBy(purchases.id).limit(3)
// loop
await Promise.all(found.map((_order) => /*<*/db.update(purchases).set({ state: 'sent' }).where(eq(purchases.id, _order.id))/*>*/))
// end
return await db.select({ id: purchases.id, state: purchases.state }).from(purchases).orderBy(purchases.id)`,
  },
  {
    name: 'updates that add',
    isQuiet: true,
    code: `const lines = await db.select().from(parts).orderBy(parts.purchaseId, parts.line)
// loop
for (const { depotId, sku } of lines) {
  /*<*/await db.update(stocks).set({ amount: sql\`\${stocks.amount} - 1\` }).where(and(eq(stocks.depotId, depotId), eq(stocks.sku, sku)))/*>*/
}
// end
return lines`,
    imports: ['sql'],
  },
  {
    name: 'a value that another query of the loop has found',
    isQuiet: true,
    code: `${buyers}
const answer = []
// loop
for (const person of people) {
  const kept = await Promise.resolve(person.id)
  answer.push(/*<*/await db.select().from(purchases).where(eq(purchases.buyerId, kept))/*>*/)
}
// end
return answer`,
  },
]

const pgPeople = `const { rows: people } = await pool.query('select id, name from customers order by id')`

export const pgPrograms: readonly Program[] = [
  {
    name: 'a lookup with pg',
    code: `${pgPeople}
const answer = []
// loop
for (const person of people) {
  const { rows } = /*<*/await pool.query('select id, price_cents from orders where customer_id = $1 order by id', [person.id])/*>*/
  answer.push({ ...person, rows })
}
// end
return answer`,
  },
  {
    name: 'a lookup with pg that selects its key',
    code: `${pgPeople}
const answer = []
// loop
for (const person of people) {
  const found = /*<*/await pool.query<{ id: number; customer_id: number }>(\`select id, customer_id from orders where state = 'open' and customer_id = $1 order by id\`, [person.id])/*>*/
  answer.push({ ...person, found: found.rows })
}
// end
return answer`,
  },
  {
    name: 'a lookup with pg of null and of values that come twice',
    code: `const { rows: bought } = await pool.query('select id, customer_id from orders order by id')
// loop
const answer = await Promise.all(
  bought.map(async ({ id, customer_id: customer }) => {
    const { rows: [person] } = /*<*/await pool.query<{ name: string }>('select name from customers where id = $1 limit 1', [customer])/*>*/
    return { id, person: person?.name }
  }),
)
// end
return answer`,
  },
  {
    name: 'a statement with a name of its own',
    code: `const LATEST = 'select id, price_cents from orders where customer_id = $2 and price_cents > $1 order by price_cents desc, id limit 2'
${pgPeople}
const answer = []
// loop
for (const person of people) {
  answer.push((/*<*/await pool.query(LATEST, [5, person.id])/*>*/).rows)
}
// end
return answer`,
  },
  {
    name: 'aggregates with pg',
    code: `${pgPeople}
const answer = []
// loop
for (const person of people) {
  const { rows } = /*<*/await pool.query('select count(*) as number, count(*)::int as n, max(price_cents) from orders where customer_id = $1', [person.id])/*>*/
  answer.push({ ...person, ...rows[0] })
}
// end
return answer`,
  },
  {
    name: 'inserts with pg',
    code: `const people = ['Ida', 'Jo', 'Kim', 'Lou']
// loop
for (const [index, name] of people.entries()) {
  /*<*/await pool.query('insert into customers (id, name) values ($1, $2)', [900 + index, name])/*>*/
}
// end
const { rows } = await pool.query('select * from customers where id between 900 and 999 order by id')
await pool.query('delete from customers where id between 900 and 999')
return rows`,
  },
  {
    name: 'deletes with pg',
    code: `await pool.query("insert into stock values (9, 'gone', 1), (10, 'gone', 1), (11, 'gone', 1)")
const { rows } = await pool.query("select * from stock where sku = 'gone' order by depot_id")
// loop
for (const stock of rows) {
  /*<*/await pool.query("delete from stock where sku = 'gone' and depot_id = $1", [stock.depot_id])/*>*/
}
// end
return (await pool.query('select * from stock order by depot_id, sku')).rows`,
  },
  {
    name: 'a result that is passed on as a whole',
    isQuiet: true,
    code: `${pgPeople}
const answer = []
// loop
for (const person of people) {
  answer.push(/*<*/await pool.query('select id from orders where customer_id = $1', [person.id])/*>*/)
}
// end
return answer.length`,
  },
  ...[
    ['moments, which are objects and no texts', 'happened_at', 'row.key'],
    ['decimals, which have several spellings', 'price', 'String(Number(row.key))'],
    ['UUIDs in another spelling than that of the rows', 'token', 'String(row.key).toUpperCase()'],
  ].map(
    ([what, column, value]): Program => ({
      name: `a lookup with pg by ${what}`,
      isQuiet: true,
      code: `const { rows } = await pool.query('select id, ${column} as key from events order by id')
const answer = []
// loop
for (const row of rows) {
  answer.push((/*<*/await pool.query('select id from events where ${column} = $1 order by id', [${value}])/*>*/).rows)
}
// end
return answer`,
    }),
  ),
]
