// The pages of the detectors as text. Written from them: test/house/pages.test.ts says how.
import type { Severity } from '../types.ts'

export interface DetectorPage {
  title: string
  severity: Severity
  /** The first words on what it finds, on one line. */
  summary: string
  /** Markdown. */
  page: string
}

/** By the detector's id. */
export const detectorPages: Readonly<Record<string, DetectorPage>> = {
  'n-plus-one': {
    title: 'A query for each row',
    severity: 'error',
    summary:
      'A read that is sent again and again from one place in the code, each time with another value, where one statement could have answered for all of them.',
    page: `# n-plus-one

## What it finds

A read that is sent again and again from one place in the code, each time with another value, where one statement could
have answered for all of them.

## Why it hurts

Every query is a round trip: on a network of one millisecond, fifty rows are fifty milliseconds before the database has
done any work, and the page gets slower with every row that is added. On a laptop next to its database nobody notices.

## Bad

\`\`\`ts
const recent = await db.select().from(orders).orderBy(desc(orders.id)).limit(50)
for (const order of recent) {
  const [customer] = await db.select().from(customers).where(eq(customers.id, order.customerId))
  list.push({ ...order, customer })
}
\`\`\`

\`\`\`sql
SELECT id, customer_id FROM orders ORDER BY id DESC LIMIT 50;
SELECT id, name FROM customers WHERE id = 17;
SELECT id, name FROM customers WHERE id = 4;
-- 48 more
\`\`\`

## Good

\`\`\`ts
const recent = await db.query.orders.findMany({
  orderBy: desc(orders.id),
  limit: 50,
  with: { customer: true },
})
\`\`\`

or, with two queries,

\`\`\`ts
const ids = recent.map((order) => order.customerId)
const found = await db.select().from(customers).where(inArray(customers.id, ids))
\`\`\`

\`\`\`sql
SELECT id, name FROM customers WHERE id = ANY($1);
\`\`\`

## How sure it is

Queries belong together when they have one fingerprint and came along one path of application
frames: explicit calls of one helper are not a loop, also when they stand side by side in \`Promise.all\`, and a function that
calls itself is. How calls are told from a loop: Lines. Where
nothing tells, what is proven is reported, and eight or more queries from one line.

- **proven**: all values of the queries were in one column of rows that had arrived before, and the probability that the
  column holds them by accident is below 1 in 1,000.
- **likely**: three or more different values from one place whose origin was not seen, could be several columns, or may
  be an accident. Columns that could be meant are named only where the values themselves are no accident.

Distinct values count, not repetitions: the same lookup five times is another matter.

It is an error from ten round trips on that could be saved, and a warning below. What one loop sends besides, reads and writes, is part of the
same finding.

### What counts as an origin

The origin of a value is where it is seen first. Rows that only bring back what a query was given (alone, in a list, in a
document or a pattern) are none, and neither are the rows of a statement that looks the same value up again. A loop over
values from outside, such as the body of a request, has no origin and is \`likely\` at best. Values that stand in the path, the query
string or the parsed body (\`request.body\`) of the request count as values from outside even where earlier rows hold them too. When one of the values was
known before, the others still count. Rows are taken as they were when they arrived, whatever the application has made
of them since; rows of cursors and streams count as soon as they have arrived, and so do rows inside JSON and arrays.

### The probability of an accident

It is estimated as a product, rather too large than too small:

- **rarity**, for each different value that is seen first in the column. For an integer it is the share that the column holds of all
  integers from half of it to twice it, up to the column's largest. For other values it is the number of values of the column,
  divided by 2¹²² for a uuid, by 1,000 for a decimal, and for a text of up to 3, 7, 15 and more characters by 100, 1,000, 100,000
  and 10⁹. A word of letters only, such as \`active\`, may belong to an enumeration: it is 1 for the first five words, and 1/3
  for each further one of a column that does not repeat its words. For booleans, dates and times it is 1. A boolean
  comes only from a boolean, and a number not from a text that reads like one.
- **order**: the share of all orders of the values that are as near to the order of the rows. It is no less than 1/10 for rows
  that are sorted, and for others no less than the share of one in all orders that go down as often.
- **completeness**: 1/rows, where the values are those of all rows of a result, and no others.
- **key**: 1/100 where a foreign key of the catalog leads from one column to the other, or both are the same column of one table, and
  1/25 where the names say so, as with \`customer_id\` or \`customers.id\` in the rows and \`customers.id\` or \`orders.customer_id\` in
  the query.
- **comparisons**: the number of columns of that kind with as many rows, times that of the statement's values that vary. With a key it is
  the number of columns to which one leads.

So two uuids, or two ids of a large table, are proof. The ids 1 to 25 of a small table are found in many columns: they are
proof when the queries follow all rows in their order and a key leads from one column to the other, from five rows on
when only the names tell of it and from three on when the catalog does. Booleans, states and dates hardly ever prove anything.

The key needs a catalog (\`catalog: true\`) where the names do not tell it: \`pg-loupe run\` reads none by default, and a
loop over few small ids in the order of a sorted list, such as \`users.id\` by \`owner\`, stays \`likely\`.

## Options

| option   | default | meaning                                                           |
| -------- | ------- | ----------------------------------------------------------------- |
| \`proven\` | 2       | different values that are needed even when their origin is proven |
| \`likely\` | 3       | different values that are enough without                          |

\`\`\`ts
createProfiler({ detectors: { 'n-plus-one': { likely: 5 } } })
\`\`\`

## When to ignore it

It says nothing about pages by OFFSET or by key, batches in chunks (\`IN (…)\`, \`= ANY\`), FETCH from a cursor, settings of the
session, and writes. What remains and is meant so (three lookups that will never be more) can be switched off with
\`detectors: { 'n-plus-one': false }\`, or raised above with \`likely\`.
`,
  },
  'n-plus-one-write': {
    title: 'A write for each row',
    severity: 'error',
    summary:
      'An insert, update, delete or merge that is sent again and again from one place in the code: a row at a time, or the few rows of one parent and then those of the next.',
    page: `# n-plus-one-write

## What it finds

An insert, update, delete or merge that is sent again and again from one place in the code: a row at a time, or the few rows of one
parent and then those of the next.

## Why it hurts

Each row is a round trip. Outside a transaction each is also a commit, and the database waits for the disk at every one of them;
when the loop fails half-way, half of the rows are written. 200 rows on one machine: 41 ms one by one, 0.6 ms at once.

## Bad

\`\`\`ts
for (const line of cart.lines) {
  await db.insert(orderItems).values({ orderId, productId: line.productId, quantity: line.quantity })
}
\`\`\`

\`\`\`sql
INSERT INTO order_items (order_id, product_id, quantity) VALUES (17, 4, 1);
-- and so on
\`\`\`

## Good

\`\`\`ts
await db
  .insert(orderItems)
  .values(cart.lines.map((line) => ({ orderId, productId: line.productId, quantity: line.quantity })))
\`\`\`

\`\`\`sql
INSERT INTO order_items (order_id, product_id, quantity) VALUES (17, 4, 1), (17, 9, 2), (17, 12, 1);
UPDATE inventory SET quantity = v.quantity FROM unnest($1::int[], $2::int[]) AS v (id, quantity) WHERE inventory.id = v.id;
DELETE FROM carts WHERE id = ANY($1);
\`\`\`

## How sure it is

Executions that succeeded count, whatever their values. A retry after an error is no loop, nor is one of a whole transaction that was
rolled back or failed.

- **proven**: the values of one column came from the rows of an earlier query, as n-plus-one proves it: rare
  values need two executions, small numbers more.
- **likely**: three or more from one path through the application, where its stacks and its source tell a loop from
  calls side by side.

How many rows a statement writes is read from its values: VALUES, arrays (\`unnest\`), and where the database reads them from a document or a table,
from the number of rows that it reports. Statements of several rows are a loop when one of their values is the same in all rows of a
statement and another one in the next (the key of the parent), for three parents or more, and one of these is true: their sizes
differ; the key is a parameter that every row uses; another statement of the trace looks for rows by that key (\`DELETE … WHERE parent_id = ?\`
before the INSERT); or the key is proven to come from earlier rows.

It says that each row is a commit of its own only when it has seen that no transaction was open.

It is an error from ten round trips on that could be saved, and a warning below. A loop that also reads is one finding with what it writes, under
\`n-plus-one\`.

## Options

| option   | default | meaning                                                                   |
| -------- | ------- | ------------------------------------------------------------------------- |
| \`proven\` | 2       | executions that are needed even when the origin of their values is proven |
| \`likely\` | 3       | executions that are enough without                                        |

\`\`\`ts
createProfiler({ detectors: { 'n-plus-one-write': { likely: 10 } } })
\`\`\`

## When to ignore it

It says nothing about chunks of rows: statements of fifty rows and more, of one size with a rest at the end, or without a value that their rows
have in common. Nor does it about \`INSERT … SELECT\` that computes sums or copies ranges of a table, portions of a table
(\`IN (SELECT … LIMIT n)\`), the books of migration tools, and workers that claim one job after the other with
\`FOR UPDATE SKIP LOCKED\`. Rows that must be committed one by one, because each has an effect outside the database, are meant so.
`,
  },
  'duplicate-query': {
    title: 'The same query again',
    severity: 'warning',
    summary:
      'The same statement with the same values and the same result, asked again in one request, although nothing was written to its tables in between. The places it was asked from may differ; all of them are named.',
    page: `# duplicate-query

## What it finds

The same statement with the same values and the same result, asked again in one request, although nothing was written to its
tables in between. The places it was asked from may differ; all of them are named.

## Why it hurts

It costs what the first time cost, and the answer is known. It is mostly a lookup inside a helper (the current user, a setting)
that every caller pays for again.

## Bad

\`\`\`ts
async function price(cents: number) {
  const [{ value }] = await db.select().from(settings).where(eq(settings.key, 'currency'))
  return format(cents, value)
}
\`\`\`

## Good

\`\`\`ts
const currency = await currencyOf(shop)
const prices = lines.map((line) => format(line.cents, currency))
\`\`\`

## How sure it is

- **proven**: the results were seen and are equal, in one transaction or in none. Nothing was written in between, or the catalog
  tells that what was written has nothing to do with the statement.
- **likely**: the results are not known, as in recordings of other tools, or something was written to other tables and there is no
  catalog that tells what views, triggers and foreign keys make of it; statement and values are equal.
- **possible**, and for information only: each time in another transaction, which may have to see for itself what it decides by.

It is an error from ten queries on that could be saved, and a warning below.

A write to a table that the statement names separates two reads. With the catalog so does a write to a table behind a view, to
another part of a partitioned table, by a cascading foreign key or through a trigger. A statement whose effects cannot be read from its
text, such as a call of a function, separates all reads; so do locks, \`LISTEN\` and waits, after which others may have written.

The same text is another question under other settings: \`SET\`, \`SET LOCAL\`, \`set_config\`, \`SET ROLE\`, \`SET SESSION AUTHORIZATION\`,
\`RESET\` and \`DISCARD\` on the same connection separate two reads unless they set what was set before. Timeouts and costs do not
count. Transactions that keep their snapshot (\`REPEATABLE READ\`, \`SERIALIZABLE\`, \`SET TRANSACTION SNAPSHOT\`) are apart.

## Options

| option  | default | meaning                                            |
| ------- | ------- | -------------------------------------------------- |
| \`least\` | 2       | executions of one statement with one set of values |

\`\`\`ts
createProfiler({ detectors: { 'duplicate-query': { least: 3 } } })
\`\`\`

## When to ignore it

It says nothing about reads that lock (\`FOR UPDATE\`), statements without a table (\`SELECT 1\`), and what changes by itself: random
values, sequences, the clock, \`current_setting\`, volatile functions of the database; \`now()\` is one value in one transaction.
Polling is no duplicate either: asked from one place, each time 200 ms or more after the answer, or 40 ms or more when nothing
else was asked in between. What is part of a loop with other values belongs to n-plus-one.
`,
  },
  'unread-columns': {
    title: 'Columns that nobody reads',
    severity: 'warning',
    summary:
      'Columns that one place in the code fetches, and that the application has never read from the rows it got.',
    page: `# unread-columns

## What it finds

Columns that one place in the code fetches, and that the application has never read from the rows it got.

## Why it hurts

PostgreSQL reads them, large ones from another place on the disk, and sends them; Node.js parses them; and nobody looks. A
\`select *\` that fetches a long text for the sake of a name can be most of a request's bytes.

## Bad

\`\`\`ts
const found = await db.select().from(products).orderBy(products.name).limit(100)
response.json(found.map((product) => product.name))
\`\`\`

\`\`\`sql
SELECT * FROM products ORDER BY name LIMIT 100;
\`\`\`

## Good

\`\`\`ts
const found = await db.select({ name: products.name }).from(products).orderBy(products.name).limit(100)
\`\`\`

\`\`\`ts
const found = await db.query.products.findMany({
  columns: { name: true },
  orderBy: products.name,
  limit: 100,
})
\`\`\`

\`\`\`sql
SELECT name FROM products ORDER BY name LIMIT 100;
\`\`\`

## How sure it is

Some rows of each result are watched: 16, spread over the result. Where a column seems unread, the statement's next three
results are watched whole (and then the 4th, 8th, 16th and so on), up to 1,000 rows and 10,000 cells each, and only with one of
those is anything reported. The rows of Drizzle's queries are watched as Drizzle has mapped them, those of relations and joined
tables too.

- **likely**: in three traces or more of this place (the function that builds the query, and its statement) the column was not
  read once, whatever the route. It says how many requests were seen, because a branch that none of them has taken may read it.
  Columns that the source of the functions on the call site names (\`row.bio\`, \`{ bio }\`, in camel case too) are not reported;
  the file is read where it is at hand.
- **possible**: the same, of results that are larger, of which 500 rows or more were watched, spread over them.

Not counted as unread are columns of a row that was copied (\`{ ...row }\`, \`structuredClone\`) or serialised (\`res.json(rows)\`)
or printed, of rows that were read after their request was over, of rows that were not touched, and of requests that were
answered by an error or were aborted. Nothing is said of DISTINCT, UNION, INTERSECT and EXCEPT, where a column decides which
rows there are, of rows that are fetched as arrays, and of Drizzle's prepared
queries and explicit \`.execute()\`.

An application sees the rows it would have seen, with one exception: \`console.dir\` and the message of a failed \`node:assert\`
look behind accessors, and write \`[Getter/Setter]\` for the columns of a watched row.

The bytes are an estimate: the size of the column's values in 16 rows, as PostgreSQL sends them, times the rows.

## Options

| option    | default | meaning                                                                       |
| --------- | ------- | ----------------------------------------------------------------------------- |
| \`traces\`  | 3       | traces in which the column was fetched and not read                           |
| \`bytes\`   | 1000    | bytes for nothing in one query, below which nothing is said                   |
| \`warning\` | 8192    | bytes for nothing from which on it is a warning, and not just for information |

\`\`\`ts
createProfiler({ detectors: { 'unread-columns': { bytes: 1000 } } })
createProfiler({ watchRows: false }) // no row is watched
\`\`\`

## When to ignore it

A function that many will call, each for other columns, may fetch them all. Where bytes are few, so is the gain.
`,
  },
  'unread-rows': {
    title: 'Rows that nobody reads',
    severity: 'warning',
    summary:
      'Ten rows or more that one place in the code fetches, of which the application reads the first only, or none: because one row is what it wants, or their number, or whether there are any.',
    page: `# unread-rows

## What it finds

Ten rows or more that one place in the code fetches, of which the application reads the first only, or none: because one row
is what it wants, or their number, or whether there are any.

## Why it hurts

The rows are found, sorted, sent and parsed to be thrown away, and there will be more of them as the table grows.

## Bad

\`\`\`ts
const { rows } = await pool.query('select * from orders where customer_id = $1', [id])
const hasOrdered = rows.length > 0
\`\`\`

\`\`\`ts
const [latest] = await db.select().from(orders).orderBy(desc(orders.id))
\`\`\`

## Good

\`\`\`sql
SELECT EXISTS (SELECT 1 FROM orders WHERE customer_id = $1);
SELECT count(*) FROM orders WHERE customer_id = $1;
SELECT * FROM orders ORDER BY id DESC LIMIT 1;
\`\`\`

\`\`\`ts
const count = await db.$count(orders, eq(orders.customerId, id))
const [latest] = await db.select().from(orders).orderBy(desc(orders.id)).limit(1)
\`\`\`

## How sure it is

Some rows of each result are watched: 16, spread over the result. Where at most one of them is read, the statement's next
three results are watched whole (and then the 4th, 8th, 16th and so on), up to 1,000 rows and 10,000 cells each, and only with
one of those is anything reported.

- **likely**: in three traces or more of this place (the function that builds the query, and its statement) at least ten rows
  came and at most one was read, whatever the route.
- **possible**: the same, of results that are larger, of which 500 rows or more were watched, spread over them.

A row that is copied, serialised or printed was read, and so is one that is read after its request was over, from the next
trace on. Nothing is said of requests that were answered by an error or were aborted, of rows that are locked (FOR UPDATE), of
statements that compute something in their list of columns, which may be what they are for, and of rows as arrays.

## Options

| option    | default | meaning                                                          |
| --------- | ------- | ---------------------------------------------------------------- |
| \`traces\`  | 3       | traces in which so few rows were read                            |
| \`rows\`    | 10      | rows fetched, at least                                           |
| \`warning\` | 100     | rows from which on it is a warning, and not just for information |

\`\`\`ts
createProfiler({ detectors: { 'unread-rows': { rows: 50 } } })
\`\`\`

## When to ignore it

A query that is sent for its side effects, or to have its pages in memory, may leave its rows alone.
`,
  },
  'unbounded-select': {
    title: 'A result that grows with its table',
    severity: 'warning',
    summary:
      'A SELECT whose result grows with its table: it has no LIMIT, and fixes no unique key.',
    page: `# unbounded-select

## What it finds

A SELECT whose result grows with its table: it has no LIMIT, and fixes no unique key.

## Why it hurts

With ten rows on a laptop it is fast. With a hundred thousand in production it reads them all, sends them all, builds an object of
each and turns them into JSON, for a page that shows twenty.

## Bad

\`\`\`sql
SELECT id, placed_at, status FROM orders WHERE status <> 'delivered';
\`\`\`

\`\`\`ts
await db.select().from(orders).where(ne(orders.status, 'delivered'))
\`\`\`

## Good

\`\`\`sql
SELECT id, placed_at, status FROM orders WHERE status <> 'delivered' AND id < $1 ORDER BY id DESC LIMIT 50;
\`\`\`

\`\`\`ts
await db
  .select()
  .from(orders)
  .where(and(ne(orders.status, 'delivered'), lt(orders.id, after)))
  .orderBy(desc(orders.id))
  .limit(50)
\`\`\`

## How sure it is

That a result is bounded is proven, by PostgreSQL's own parser and the unique keys of the catalog: a lookup by e-mail address is one
row where that column is unique, a join along a key adds none. What cannot be proven to be bounded is called \`likely\`.
Without the catalog nothing is said. The severity follows the rows and bytes that were returned, and the size of the table where
the result can become as large: not where the statement groups its rows or filters them by a value (the orders of one
customer), and not where any other condition has left \`small\` rows or fewer:

- **error**: the result had \`error\` rows or more,
- **warning**: it had \`warn\` rows or more, or the table has and the result can get there, or it had \`warnBytes\` bytes or more,
- **info**: it can grow, and is small today,
- **nothing**: there were no rows, or table and result have \`small\` rows or fewer.

The size of a table is PostgreSQL's own estimate. A table that was never analysed is sized by its pages, and one whose rows were
all returned by those. Of a table whose size is not known, only the rows returned count.

## Options

| option      | default | meaning                                                                    |
| ----------- | ------- | -------------------------------------------------------------------------- |
| \`warn\`      | 1000    | rows, seen or in the table, from which on it is a warning                  |
| \`error\`     | 10000   | rows seen from which on it is an error                                     |
| \`small\`     | 100     | rows up to which nothing is said                                           |
| \`warnBytes\` | 1000000 | bytes of a result from which on it is a warning, however few rows they are |

\`\`\`ts
createProfiler({ detectors: { 'unbounded-select': { small: 1000 } } })
\`\`\`

## When to ignore it

It says nothing about tables, and results, of up to a hundred rows (countries, settings), and about what libraries read of
PostgreSQL's own catalog. An export that is meant to read everything does better with a cursor or a stream: rows that are fetched in
portions are bounded. Groups of a sum cannot be paged; the remedy then is a narrower condition.
`,
  },
  'unbounded-array': {
    title: 'An array that grows with a table',
    severity: 'warning',
    summary:
      'A row, or a page of rows, that holds an array as long as a table: `json_agg`, `array_agg`, `string_agg` or `ARRAY(…)` over rows that nothing limits. A relational query with a nested list is exactly that.',
    page: `# unbounded-array

## What it finds

A row, or a page of rows, that holds an array as long as a table: \`json_agg\`, \`array_agg\`, \`string_agg\` or \`ARRAY(…)\` over rows that
nothing limits. A relational query with a nested list is exactly that.

## Why it hurts

The LIMIT outside counts parents. The one customer with forty thousand orders is one row of thirty megabytes.

## Bad

\`\`\`ts
await db.query.customers.findFirst({ where: eq(customers.id, id), with: { orders: true } })
\`\`\`

\`\`\`sql
SELECT c.id, (SELECT json_agg(o) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.id = $1;
\`\`\`

## Good

\`\`\`ts
await db.query.customers.findFirst({
  where: eq(customers.id, id),
  with: { orders: { limit: 20, orderBy: desc(orders.id) } },
})
\`\`\`

\`\`\`sql
SELECT c.id, (SELECT json_agg(o) FROM (SELECT * FROM orders WHERE customer_id = c.id ORDER BY id DESC LIMIT 20) o)
FROM customers c WHERE c.id = $1;
\`\`\`

## How sure it is

As unbounded-select: that an array is bounded is proven, the rest is \`likely\`. It is a warning when the result had
100 kB or more, and info below that. Nothing is said of results below 500 bytes, and of tables of up to a hundred rows unless the
result is a warning.

## Options

| option       | default | meaning                                                                 |
| ------------ | ------- | ----------------------------------------------------------------------- |
| \`warnBytes\`  | 100000  | bytes of a result from which on it is a warning                         |
| \`leastBytes\` | 500     | bytes of a result below which nothing is said                           |
| \`small\`      | 100     | rows in the table up to which only a result of \`warnBytes\` is spoken of |

\`\`\`ts
createProfiler({ detectors: { 'unbounded-array': { warnBytes: 1000000 } } })
\`\`\`

## When to ignore it

Lists that are short by nature, such as the lines of an order.
`,
  },
  'deep-offset': {
    title: 'A page far behind the first',
    severity: 'warning',
    summary:
      'A page so far behind the first that the database reads and throws away more than a thousand rows to get there.',
    page: `# deep-offset

## What it finds

A page so far behind the first that the database reads and throws away more than a thousand rows to get there.

## Why it hurts

OFFSET does not jump: the rows before the page are found, sorted and dropped. Page 500 costs 500 times page 1, and a row
inserted in between makes one row appear twice.

## Bad

\`\`\`sql
SELECT id, title FROM posts ORDER BY created_at DESC, id DESC LIMIT 20 OFFSET 10000;
\`\`\`

\`\`\`ts
db.select()
  .from(posts)
  .orderBy(desc(posts.createdAt), desc(posts.id))
  .limit(20)
  .offset(page * 20)
\`\`\`

## Good

\`\`\`sql
SELECT id, title FROM posts WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 20;
\`\`\`

\`\`\`ts
db.select()
  .from(posts)
  .where(sql\`(\${posts.createdAt}, \${posts.id}) < (\${last.createdAt}, \${last.id})\`)
  .orderBy(desc(posts.createdAt), desc(posts.id))
  .limit(20)
\`\`\`

## How sure it is

Always **proven**: the OFFSET in force is known, parameters included.

## Options

| option | default | meaning                          |
| ------ | ------- | -------------------------------- |
| \`most\` | 1000    | rows skipped that are still well |

\`\`\`ts
createProfiler({ detectors: { 'deep-offset': { most: 5000 } } })
\`\`\`

## When to ignore it

A report that nobody asks for page 500 of, or an export at night, may stay as it is.
`,
  },
  'slow-query': {
    title: 'A slow query',
    severity: 'warning',
    summary:
      'A query that took longer than half a second.',
    page: `# slow-query

## What it finds

A query that took longer than half a second.

## Why it hurts

Somebody waits for it, and it holds a connection that others wait for.

## Bad

\`\`\`sql
SELECT * FROM orders WHERE lower(email) = 'a@example.com';
\`\`\`

## Good

\`\`\`sql
CREATE INDEX CONCURRENTLY ON orders (lower(email));
\`\`\`

## How sure it is

Always **proven**: it was measured, from the moment the statement left until its last row had arrived. The wait for a connection of the
pool is not counted. It is the one detector whose findings depend on the day; two runs of the same tests may differ.

## Options

| option   | default | meaning                                       |
| -------- | ------- | --------------------------------------------- |
| \`mostMs\` | 500     | milliseconds of execution that are still well |

\`\`\`ts
createProfiler({ detectors: { 'slow-query': { mostMs: 100 } } })
\`\`\`

## When to ignore it

Reports and exports that are known to be slow; COPY, DDL and COMMIT are never named.
`,
  },
  'query-budget': {
    title: 'More queries than allowed',
    severity: 'warning',
    summary:
      'A request, test or job that makes more queries than it may. Work outside of them (a script, a scheduler) has a budget only if the option `routes` gives it one.',
    page: `# query-budget

## What it finds

A request, test or job that makes more queries than it may. Work outside of them (a script, a scheduler) has a budget only if
the option \`routes\` gives it one.

## Why it hurts

When no single pattern stands out, the sum still hurts; and a budget keeps a route as good as it has become.

## Bad

\`\`\`
GET /dashboard  131 queries  402 ms
\`\`\`

## Good

\`\`\`ts
createProfiler({ detectors: { 'query-budget': { routes: { 'GET /dashboard': 12 } } } })
\`\`\`

## How sure it is

Always **proven**: queries are counted, also beyond the number that is kept. BEGIN, COMMIT, SET and their like do not count.

## Options

| option   | default | meaning                                                                        |
| -------- | ------- | ------------------------------------------------------------------------------ |
| \`most\`   | 100     | queries a request, job or test may make, unless \`routes\` says otherwise        |
| \`routes\` | {}      | the same by the trace's name; the only budget of scripts (\`outside any trace\`) |

\`\`\`ts
createProfiler({ detectors: { 'query-budget': { most: 30, routes: { 'POST /import': 500 } } } })
\`\`\`

## When to ignore it

Jobs and scripts that work through a table; give them a budget of their own by name.
`,
  },
}
