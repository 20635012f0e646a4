// The detectors with the text of their pages. test/house/pages.test.ts writes this file from both.
import type { DetectorDescription } from '../types/detector.ts'
import { pageUrl } from './page-url.ts'

/** The description of each detector by its id. */
export const detectorPages: Readonly<Record<string, DetectorDescription>> = {
  'n-plus-one': {
    id: 'n-plus-one',
    title: 'A query for each row',
    severity: 'error',
    description:
      'One place in your code sends the same SELECT again and again, each time with another value. One statement could have returned the rows for all values.',
    url: pageUrl('n-plus-one'),
    isLoop: true,
    page: `# n-plus-one

## What it finds

One place in your code sends the same SELECT again and again, each time with another value. One statement could have returned the
rows for all values.

## Why it hurts

Every query is a round trip between the application and the database. On a network with a latency of one millisecond, fifty rows
cost fifty milliseconds before the database has done any work, and the page gets slower with every row that is added. You do not
notice this while your database runs on your own machine.

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

### The code in the finding

A finding shows what to write instead of the loop. This remedy is code that you can paste, if the source shows both the query and
the loop around it. The code consists of the missing imports, one query before the loop, and the expression that replaces the
query in the loop. It is your own call, rewritten. This works for Drizzle (0.45 and 1.0), and for \`pool.query\` of pg if the
statement is written at the call. The loop gets the same rows as before. Values without a matching row, values that occur twice
and null behave as before, a count of no rows stays 0, and a \`limit\` applies to each value separately. If the loop is inside
another loop, the code replaces only the query of the inner loop, and its comments say so. The next run shows what is left of the
outer loop.

The remedy is SQL, with the names of tables and columns in the database, in the following cases:

- The query is in another function than the loop, or its statement is built from parts.
- The call does something that is not known to be safe to rewrite, such as an outer join.
- The database returns the value in another form than your code sent it: dates, fractions (\`1.5\` comes back as \`1.50\`), objects,
  and UUIDs with capital letters. The code in the loop looks rows up by the value that it sent, and would not find them.

### The SQL in the finding

Tests run these statements beside the loops that they replace, with nulls, duplicates and missing keys. The statement depends on
the loop:

| the loop                                                | the remedy                                                                                         |
| ------------------------------------------------------- | -------------------------------------------------------------------------------------------------- |
| compares one column with a value                        | \`column = any($1)\`; the key is added to the select list if it is not there                         |
| compares several columns with values                    | \`(a, b) in (($1, $2), ($3, $4))\`                                                                   |
| reads an aggregate, such as \`count(*)\`                  | a grouped query; the remedy says what a value without rows gets (0, NULL or its default)           |
| takes the first rows of each value (\`LIMIT\`)            | \`left join lateral … on true\` with the query that the values come from                             |
| has a \`LIMIT\`, and its unique key finds one row         | \`column = any($1)\` without the \`LIMIT\`; this needs the catalog |
| takes the next value from the row that it has just read | \`with recursive\`                                                                                   |

The remedy is a sentence without SQL if the statement does not prove that each iteration gets the same rows. Examples are a
\`LIMIT\` or a window function when the query that the values come from is not known, and \`FOR UPDATE\`, where the order of the locks
matters. A statement of more than 4,000 characters is not rewritten either.

## How sure it is

The detector groups the queries of a request that differ only in their values (exactly) and were
sent with the same call stack in your code. Several calls of one helper are not a loop, not even side by side in \`Promise.all\`. A
function that calls itself is a loop. Sometimes neither the call stack nor the source
distinguishes a loop from single calls. The detector then reports only
what is proven, or eight or more queries that one line has sent.

- **proven**: one column of rows that had arrived before contains all values of the queries, and the estimated probability that
  this is an accident is below 1 in 1,000.
- **likely**: one place in your code sent three or more different values, but no rows contain them, several columns contain them,
  or the match may be an accident. In this case, the finding names a column only if the values are too rare to be in it by chance.

Only different values count. The same query sent five times with one value is a duplicate.

The finding is an error if ten or more round trips could be saved, and a warning otherwise. All other queries that the same loop
sends are part of the same finding.

### What counts as an origin

The origin of a value is the row in which it is seen first in a trace (the queries of one request, job or test). The following
rules apply:

- A row is not an origin of a value that was a parameter of its own query: alone, in a list, in a JSON document or in a \`LIKE\`
  pattern. The rows of a statement that looks the same value up again are not an origin either.
- A loop over values from outside the trace, such as the body of a request, has no origin and is at most \`likely\`. Values in the
  path, the query string or the parsed body (\`request.body\`) of the request come from outside, even if earlier rows contain them
  too.
- If one of the values has another origin, the other values still count.
- Rows are recorded when they arrive. It does not matter how your code changes them afterwards.
- Rows of cursors and streams count as soon as they have arrived. Values inside JSON and arrays count too.

### The probability of an accident

The detector asks: if the values of the loop had nothing to do with this column, how probable would such a match be? The estimate
is the product of five factors, and is more often too high than too low.

- **rarity**: would the column contain these values anyway? Each different value that is seen first in the column has a factor:
  - An integer \`n\`: the share of the integers from \`n/2\` to \`2n\` that are in the column. Integers above the largest one of the
    column do not count.
  - A uuid, a decimal or a text: the number of different values in the column, divided by the number of possible values. This is
    2¹²² for a uuid and 1,000 for a decimal. For a text it depends on the length: 100 for up to 3 characters, 1,000 for up to 7,
    100,000 for up to 15, and 10⁹ for longer ones.
  - A word of letters only, such as \`active\`, may belong to an enumeration. The factor is 1 for the first five words, and 1/3 for
    each further word if no word occurs twice in the column.
  - Booleans, dates and times: 1. A boolean can only come from a boolean, and a number cannot come from a text that looks like a
    number.
- **order**: do the queries follow the order of the rows? The factor is the probability that values in random order would be at
  least as close to the order of the rows. Sorted lists are common, so it is not below 1/10 if the rows are sorted by the value.
  If they are not, the limit is lower: 1 divided by the number of orders in which as many values are smaller than the one before.
- **completeness**: 1/rows if the loop used all rows of a result and no other values.
- **key**: 1/100 if a foreign key of the catalog leads from one column to the other, or if both are the same column of one
  table. It is 1/25 if only the names suggest a key: \`customer_id\` or \`customers.id\` in the rows, and \`customers.id\` or
  \`orders.customer_id\` in the query.
- **comparisons**: each column that could have matched makes an accident more probable. The factor is the number of columns with
  enough rows and the same kind of values, times the number of values that vary in the statement. If a key leads to the column, it is the
  number of columns to which a key leads.

Two uuids, or two ids of a large table, are therefore proof. The ids 1 to 25 of a small table occur in many columns. They are
proof if the queries follow all rows in their order and a key leads from one column to the other: with three rows or more if the
catalog has the key, and with five rows or more if only the names show it. Booleans, states and dates hardly ever prove anything.

If the names do not show the key, the detector needs the catalog, which contains the foreign
keys of the database. \`pg-loupe run\` does not read it by default; \`catalog: true\` switches it on. Without it, a loop over a few
small ids of a sorted list stays \`likely\`, for example if it looks up \`users.id\` by a column named \`owner\`.

## Options

| option      | default | meaning                                                         |
| ----------- | ------- | --------------------------------------------------------------- |
| \`minProven\` | 2       | fewest different values of a finding whose origin is proven     |
| \`minLikely\` | 3       | fewest different values of a finding whose origin is not proven |

\`\`\`ts
createProfiler({ detectors: { 'n-plus-one': { minLikely: 5 } } })
\`\`\`

## When to ignore it

The detector does not report pages by OFFSET or by key, batches in chunks (\`IN (…)\`, \`= ANY\`), FETCH from a cursor, settings of
the session, and writes (see n-plus-one-write). If a reported loop is intended, for example three lookups
that will never be more, suppress it with a reason or raise \`minLikely\`. The option
\`detectors: { 'n-plus-one': false }\` switches the detector off.
`,
  },
  'n-plus-one-write': {
    id: 'n-plus-one-write',
    title: 'A write for each row',
    severity: 'error',
    description:
      'One place in your code sends the same INSERT, UPDATE, DELETE or MERGE again and again. Each execution writes one row, or the few rows of one parent and then those of the next parent.',
    url: pageUrl('n-plus-one-write'),
    isLoop: true,
    page: `# n-plus-one-write

## What it finds

One place in your code sends the same INSERT, UPDATE, DELETE or MERGE again and again. Each execution writes one row, or the few
rows of one parent and then those of the next parent.

## Why it hurts

Each execution is a round trip between the application and the database. Outside a transaction each execution is also a commit,
and the database waits for the disk at every commit. If the loop fails half-way, half of the rows are written. Writing 200 rows on
one machine took 41 ms one by one, and 0.6 ms with one statement.

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

### The remedy in the finding

The remedy is code to paste if the source shows both the query and the loop around it, as for
n-plus-one. Upserts (\`DO UPDATE\`) and updates that add to a column are not rewritten as
code.

Otherwise the remedy is SQL if the statement and the values of the loop prove that one statement leaves the same rows in the
table. Tests run these statements beside the loops that they replace, with nulls, DEFAULT, and keys that occur twice.

| the loop                                                 | the remedy                                                                                   |
| -------------------------------------------------------- | -------------------------------------------------------------------------------------------- |
| inserts rows                                             | one INSERT with a bracket for each row; DEFAULT stays DEFAULT                                |
| inserts or updates (\`ON CONFLICT\`)                       | the same, if no key occurs twice: one statement cannot update a row twice                    |
| deletes by keys, or sets the same constants for each key | \`column = any($1)\`, or \`(a, b) in (($1, $2), ($3, $4))\`                                      |
| updates each key with its own values                     | one \`UPDATE … FROM\` a list of rows, if no key occurs twice and each column is set to a value |

The remedy is a sentence without SQL in all other cases, for example:

- An UPDATE computes a column from its old value and a parameter (\`quantity = quantity - $1\`).
- An UPDATE or an upsert writes a key twice, so that the order of the writes matters.
- A statement contains a subquery, or a function that reads what earlier iterations have written (\`currval\`, \`lastval\`).
- A row needs the id that the database gave to the row before it. The remedy is then to create the ids in the application.
- A statement has more than 4,000 characters.

## How sure it is

Executions that succeeded count, whatever their values are. A retry after an error is not a loop. The retry of a whole transaction
that failed or was rolled back is not a loop either.

- **proven**: the values of one column came from the rows of an earlier query, as
  n-plus-one proves it. Rare values need two executions, small numbers need more.
- **likely**: three or more executions came with one call stack of your code, and the stack or the source shows a loop and not
  calls side by side.

The number of rows that a statement writes is read from its values: from VALUES and from arrays (\`unnest\`). If the database reads
the rows from a document or a table, the number is the one that the database reports.

Statements that write several rows each are a loop if three or more parents are written, and one value (the key of the parent) is
the same in all rows of a statement and different in the next statement. One of the following must also be true:

- The statements write different numbers of rows.
- The key is one parameter that every row uses.
- Another statement of the trace looks for rows by that key, such as \`DELETE … WHERE parent_id = ?\` before the INSERT.
- The key is proven to come from earlier rows.

The finding says that each row is a commit of its own only if the profiler has seen that no transaction was open.

The finding is an error if ten or more round trips could be saved, and a warning otherwise. If the loop also reads, its reads and
writes are one finding under \`n-plus-one\`.

## Options

| option      | default | meaning                                                   |
| ----------- | ------- | --------------------------------------------------------- |
| \`minProven\` | 2       | fewest executions of a finding whose origin is proven     |
| \`minLikely\` | 3       | fewest executions of a finding whose origin is not proven |

\`\`\`ts
createProfiler({ detectors: { 'n-plus-one-write': { minLikely: 10 } } })
\`\`\`

## When to ignore it

The detector does not report:

- chunks of rows: statements of fifty or more rows, statements of one size with a rest at the end, and statements whose rows have
  no value in common
- \`INSERT … SELECT\` that computes sums or copies ranges of a table
- portions of a table (\`IN (SELECT … LIMIT n)\`)
- the tables in which migration tools record what they have done
- workers that claim one job after the other with \`FOR UPDATE SKIP LOCKED\`

If each row must be committed separately, for example because each has an effect outside the database, the loop is intended:
suppress it with a reason.
`,
  },
  'duplicate-query': {
    id: 'duplicate-query',
    title: 'The same query again',
    severity: 'warning',
    description:
      'The same statement with the same values and the same result, sent again in one request, although nothing was written to its tables in between. All places that send it are named.',
    url: pageUrl('duplicate-query'),
    page: `# duplicate-query

## What it finds

The same statement with the same values and the same result, sent again in one request, although nothing was written to its tables
in between. All places that send it are named.

## Why it hurts

Each repetition costs a round trip for a known answer. Typically a helper looks up the current user or a setting, and each caller
pays for it again.

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

- **proven**: the results are known and equal, and all executions are in one transaction or outside of transactions. Nothing was
  written in between, or the catalog (keys and views, read once from the database) shows that
  the writes do not affect the statement.
- **likely**: statement and values are equal, but the results are not known (recordings of other tools), or other tables were
  written and without a catalog the effects of views, triggers and foreign keys are not known.
- **possible**, with severity info: each execution is in a transaction of its own, which may have to read the current state.

The severity is error if at least ten queries could be saved, and warning below that.

Two reads are not duplicates if something in between may have changed the result:

- a write to a table that the statement names; with the catalog also a write to a table behind a view, to another partition, by a
  cascading foreign key, or through a trigger;
- a statement whose effects are not visible in its text, such as a function call; locks, \`LISTEN\`, and waits, after which others
  may have written;
- a changed setting on the same connection: \`SET\`, \`SET LOCAL\`, \`set_config\`, \`SET ROLE\`, \`SET SESSION AUTHORIZATION\`, \`RESET\` and
  \`DISCARD\`, unless they set the value that was set before. Timeouts and cost settings do not count;
- another snapshot: transactions with \`REPEATABLE READ\`, \`SERIALIZABLE\` or \`SET TRANSACTION SNAPSHOT\` are separate.

## Options

| option       | default | meaning                                          |
| ------------ | ------- | ------------------------------------------------ |
| \`minQueries\` | 2       | executions of one statement with the same values |

\`\`\`ts
createProfiler({ detectors: { 'duplicate-query': { minQueries: 3 } } })
\`\`\`

## When to ignore it

These are not reported: locking reads (\`FOR UPDATE\`), statements without a table (\`SELECT 1\`), and results that change by
themselves (random values, sequences, the clock, \`current_setting\`, volatile functions of the database; \`now()\` is constant within
a transaction). Polling is not reported either: sent from one place, each time at least 200 ms after the answer, or at least 40 ms
if no other query was sent in between. Repetitions that are part of a loop with different values are reported by
n-plus-one.
`,
  },
  'unread-columns': {
    id: 'unread-columns',
    title: 'Columns that nobody reads',
    severity: 'warning',
    description:
      'Columns that one place in the code selects, and that the application never reads from the returned rows.',
    url: pageUrl('unread-columns'),
    page: `# unread-columns

## What it finds

Columns that one place in the code selects, and that the application never reads from the returned rows.

## Why it hurts

PostgreSQL reads these columns (large values from separate storage) and sends them, and Node.js parses them, although nobody uses
them. A \`select *\` that fetches a long text when only a name is needed can be most of the bytes of a request.

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

pg-loupe tracks which columns the application reads on 16 rows of each result, spread over the result. If a column seems unread,
the next three results of the statement are tracked completely (then the 4th, 8th, 16th and so on), up to 1,000 rows and 10,000
cells each. A finding needs at least one completely tracked result. Rows of Drizzle queries are tracked as Drizzle maps them,
including relations and joined tables.

- **likely**: the column was never read in at least three requests, jobs or tests (\`minTraces\`) that used this place in the code,
  on any route. A place is the function that builds the query, and its statement. The finding says how many requests were seen,
  because a branch that none of them took may read the column. Columns whose names occur in the source of the functions of the
  call site (\`row.bio\`, \`{ bio }\`, also in camel case) are not reported, if the source file is available.
- **possible**: the same, but the results were too large to track every row, and at least 500 rows were tracked.

A column does not count as unread if its row was copied (\`{ ...row }\`, \`structuredClone\`), serialised (\`res.json(rows)\`) or
printed, if the row was read after its request ended or was not touched at all, or if the request failed or was aborted. Not
checked are DISTINCT, UNION, INTERSECT and EXCEPT (there a column decides which rows exist), rows as arrays, and Drizzle's
prepared queries and explicit \`.execute()\`.

The application sees the same rows as without tracking, with one exception: \`console.dir\` and the message of a failed
\`node:assert\` show \`[Getter/Setter]\` for the columns of a tracked row.

The number of bytes is an estimate: the size of the values in 16 rows, as PostgreSQL sends them, extrapolated to all rows.

## Options

| option      | default | meaning                                                            |
| ----------- | ------- | ------------------------------------------------------------------ |
| \`minTraces\` | 3       | traces in which the column was selected and not read               |
| \`minBytes\`  | 1000    | unread bytes in one query; less is not reported                    |
| \`warnBytes\` | 8192    | unread bytes in one query; a warning from this size on, info below |

\`\`\`ts
createProfiler({ detectors: { 'unread-columns': { minBytes: 10000 } } })
createProfiler({ watchRows: false }) // track no rows
\`\`\`

## When to ignore it

Ignore it for a function whose callers need different columns.
`,
  },
  'unread-rows': {
    id: 'unread-rows',
    title: 'Rows that nobody reads',
    severity: 'warning',
    description:
      'Results of ten rows or more, of which the application reads at most one row. It needs only one row, the number of rows, or whether any exist.',
    url: pageUrl('unread-rows'),
    page: `# unread-rows

## What it finds

Results of ten rows or more, of which the application reads at most one row. It needs only one row, the number of rows, or whether
any exist.

## Why it hurts

The rows are found, sorted, sent and parsed for nothing, and their number grows with the table.

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

pg-loupe tracks which rows the application reads on 16 rows of each result, spread over the result. If at most one of them is
read, the next three results of the statement are tracked completely (then the 4th, 8th, 16th and so on), up to 1,000 rows and
10,000 cells each. A finding needs at least one completely tracked result.

- **likely**: in at least three requests, jobs or tests (\`minTraces\`) that used this place in the code, on any route, ten or more
  rows were returned and at most one was read. A place is the function that builds the query, and its statement.
- **possible**: the same, but the results were too large to track every row, and at least 500 rows were tracked.

A row that is copied, serialised or printed counts as read. A row that is read after its request ended counts as read in the next
request. Not checked are failed and aborted requests, locked rows (FOR UPDATE), statements that compute values in their select
list, and rows as arrays.

## Options

| option      | default | meaning                                                  |
| ----------- | ------- | -------------------------------------------------------- |
| \`minTraces\` | 3       | traces in which at most one row was read                 |
| \`minRows\`   | 10      | returned rows; smaller results are not reported          |
| \`warnRows\`  | 100     | returned rows; a warning from this number on, info below |

\`\`\`ts
createProfiler({ detectors: { 'unread-rows': { minRows: 50 } } })
\`\`\`

## When to ignore it

Ignore it for a query that is sent for its side effects, or to load table pages into memory.
`,
  },
  'unbounded-select': {
    id: 'unbounded-select',
    title: 'A result that grows with its table',
    severity: 'warning',
    description:
      'A SELECT whose result grows with its table: it has no LIMIT, and its conditions fix no unique key.',
    url: pageUrl('unbounded-select'),
    page: `# unbounded-select

## What it finds

A SELECT whose result grows with its table: it has no LIMIT, and its conditions fix no unique key.

## Why it hurts

With ten rows on a laptop it is fast. With a hundred thousand rows in production, all of them are read, sent, parsed into objects
and serialised to JSON, for a page that shows twenty.

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

Always **likely**. PostgreSQL's own parser and the unique keys of the tables prove which results are bounded
(how); those are never reported. For example, a lookup by a unique e-mail address returns one row, and a
join along a key adds none. The keys come from the catalog, which is read once from the
database. Without it, nothing is reported.

The severity depends on the rows and bytes that were returned. The size of the table counts too, if the result can become as large
as the table. It does not count if the statement groups its rows, filters them by a value (the orders of one customer), or if
another condition left at most \`maxSmallRows\` rows.

- **error**: the result had at least \`errorRows\` rows.
- **warning**: the result had at least \`warnRows\` rows or \`warnBytes\` bytes, or the table has \`warnRows\` rows and the result can
  become as large.
- **info**: the result can grow, but is small today.
- Not reported: the result was empty, or both table and result have at most \`maxSmallRows\` rows.

The size of a table is PostgreSQL's own estimate. A table that was never analysed is sized by its pages, or by its rows if all of
them were returned. If the size is unknown, only the returned rows count.

## Options

| option         | default | meaning                                                                 |
| -------------- | ------- | ----------------------------------------------------------------------- |
| \`warnRows\`     | 1000    | rows, returned or in the table; a warning from this number on           |
| \`errorRows\`    | 10000   | returned rows; an error from this number on                             |
| \`maxSmallRows\` | 100     | rows; smaller results and tables are not reported                       |
| \`warnBytes\`    | 1000000 | bytes of a result; a warning from this size on, with any number of rows |

\`\`\`ts
createProfiler({ detectors: { 'unbounded-select': { maxSmallRows: 1000 } } })
\`\`\`

## When to ignore it

Small tables (countries, settings) and queries on PostgreSQL's own catalog are not reported. An export that has to read everything
should use a cursor or a stream; rows that are fetched in portions count as bounded. Groups of an aggregate cannot be paged: use a
narrower condition.
`,
  },
  'unbounded-array': {
    id: 'unbounded-array',
    title: 'An array that grows with a table',
    severity: 'warning',
    description:
      'A result whose rows contain an array that grows with a table: `json_agg`, `array_agg`, `string_agg` or `ARRAY(…)` over rows without a limit. A relational query of an ORM with a nested list sends such a statement.',
    url: pageUrl('unbounded-array'),
    page: `# unbounded-array

## What it finds

A result whose rows contain an array that grows with a table: \`json_agg\`, \`array_agg\`, \`string_agg\` or \`ARRAY(…)\` over rows
without a limit. A relational query of an ORM with a nested list sends such a statement.

## Why it hurts

The outer LIMIT counts parent rows only. One customer with forty thousand orders is one row of thirty megabytes.

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

Always **likely**, as in unbounded-select: arrays that are proven to be bounded are not reported, and
nothing is reported without the catalog. The finding is a warning if the result had at least \`warnBytes\` bytes, and info below
that. Results below \`minBytes\` are not reported, and neither are arrays of small tables (\`maxSmallRows\`) unless the result is a
warning.

## Options

| option         | default | meaning                                                                     |
| -------------- | ------- | --------------------------------------------------------------------------- |
| \`warnBytes\`    | 100000  | bytes of a result; a warning from this size on                              |
| \`minBytes\`     | 500     | bytes of a result; smaller results are not reported                         |
| \`maxSmallRows\` | 100     | rows in the table; up to this size only results of \`warnBytes\` are reported |

\`\`\`ts
createProfiler({ detectors: { 'unbounded-array': { warnBytes: 1000000 } } })
\`\`\`

## When to ignore it

Ignore it for lists that are always short, such as the lines of an order.
`,
  },
  'deep-offset': {
    id: 'deep-offset',
    title: 'A page far behind the first',
    severity: 'warning',
    description:
      'A query with an OFFSET larger than 1,000: the database reads and discards all rows before the page.',
    url: pageUrl('deep-offset'),
    page: `# deep-offset

## What it finds

A query with an OFFSET larger than 1,000: the database reads and discards all rows before the page.

## Why it hurts

OFFSET does not jump. The rows before the page are found, sorted and discarded, so page 500 costs about 500 times as much as page

1. If a row is inserted between two requests, one row appears on two pages.

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

Always **proven**: the OFFSET is known, also if it is a parameter. Keyset pagination (the fix) has no OFFSET.

## Options

| option      | default | meaning                           |
| ----------- | ------- | --------------------------------- |
| \`maxOffset\` | 1000    | rows; a larger OFFSET is reported |

\`\`\`ts
createProfiler({ detectors: { 'deep-offset': { maxOffset: 5000 } } })
\`\`\`

## When to ignore it

Ignore it for lists of which nobody opens page 500, and for exports that run at night.
`,
  },
  'slow-query': {
    id: 'slow-query',
    title: 'A slow query',
    severity: 'warning',
    description:
      'A query that took longer than 500 ms.',
    url: pageUrl('slow-query'),
    isMeasured: true,
    page: `# slow-query

## What it finds

A query that took longer than 500 ms.

## Why it hurts

A user waits for it, and it occupies a connection that other requests need.

## Bad

\`\`\`sql
SELECT * FROM orders WHERE lower(email) = 'a@example.com';
\`\`\`

## Good

\`\`\`sql
CREATE INDEX CONCURRENTLY ON orders (lower(email));
\`\`\`

## How sure it is

Always **proven**: the time was measured, from sending the statement until its last row arrived. The wait for a pooled connection
is not included. A cursor or a stream is never reported, because its time includes that of the application between two portions. This is the
only detector that depends on measured times, so two runs of the same tests may differ.

## Options

| option  | default | meaning                                             |
| ------- | ------- | --------------------------------------------------- |
| \`maxMs\` | 500     | milliseconds; a query that takes longer is reported |

\`\`\`ts
createProfiler({ detectors: { 'slow-query': { maxMs: 100 } } })
\`\`\`

## When to ignore it

Ignore it for reports and exports that are known to be slow. COPY, DDL and COMMIT are never reported.
`,
  },
  'query-budget': {
    id: 'query-budget',
    title: 'More queries than allowed',
    severity: 'warning',
    description:
      'A request, test or job that sends more queries than its budget allows. Work outside of these (a script, a scheduler) has a budget only if the option `routes` defines one.',
    url: pageUrl('query-budget'),
    isBudget: true,
    page: `# query-budget

## What it finds

A request, test or job that sends more queries than its budget allows. Work outside of these (a script, a scheduler) has a budget
only if the option \`routes\` defines one.

## Why it hurts

Many different queries are slow together, even if no single pattern stands out. A budget also keeps an optimised route from
getting worse.

## Bad

\`\`\`
GET /dashboard  131 queries  402 ms
\`\`\`

## Good

\`\`\`ts
createProfiler({ detectors: { 'query-budget': { routes: { 'GET /dashboard': 12 } } } })
\`\`\`

## How sure it is

Always **proven**: all queries are counted, also those that exceed the limit of kept queries. BEGIN, COMMIT, SET and similar
statements do not count.

## Options

| option       | default | meaning                                                                                          |
| ------------ | ------- | ------------------------------------------------------------------------------------------------ |
| \`maxQueries\` | 100     | queries that a request, job or test may send, unless \`routes\` sets another budget                |
| \`routes\`     | {}      | budgets by the name of the route, job or test; the only budget for scripts (\`outside any trace\`) |

\`\`\`ts
createProfiler({ detectors: { 'query-budget': { maxQueries: 30, routes: { 'POST /import': 500 } } } })
\`\`\`

## When to ignore it

Jobs and scripts that process a whole table need many queries. Give them a budget of their own by name.
`,
  },
}
