import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { PanelError, type PlanNode } from '../../src/panel/panel-api.ts'
import { planTree } from '../../src/panel/plan-tree.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
const client = new pg.Client(database.config)
await client.connect()
afterAll(() => client.end())
await client.query(`
  create table customers (id int primary key, name text not null);
  create table orders (id int primary key, customer_id int not null references customers, status text not null);
  create index orders_by_status on orders (status);
  create index orders_by_customer on orders (customer_id);
  create table events (id int, day date) partition by range (day);
  create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
  create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');
`)

/** The plan under settings that leave the planner one way, so that it does not depend on the version. */
async function explain(sql: string, settings: Readonly<Record<string, string>> = {}): Promise<PlanNode> {
  await client.query('begin')
  for (const [name, value] of Object.entries(settings)) await client.query(`set local ${name} = ${value}`)
  const { rows } = await client.query(`explain (format json) ${sql}`)
  await client.query('rollback')
  return planTree(rows[0]['QUERY PLAN'])
}

/** Each node with what it reads, indented. */
function outline({ type, relation, index, plans }: PlanNode, depth = 0): string[] {
  const reads = [relation, index === undefined ? undefined : `by ${index}`].filter(Boolean).join(' ')
  return [
    `${'  '.repeat(depth)}${type}${reads ? `: ${reads}` : ''}`,
    ...plans.flatMap((plan) => outline(plan, depth + 1)),
  ]
}

function detail({ details }: PlanNode, label: string): string | undefined {
  return details.find((one) => one.label === label)?.text
}

test('names joins, their tables and their conditions as psql does', async () => {
  const plan = await explain('select * from orders o left join customers c on c.id = o.customer_id', {
    enable_nestloop: 'off',
    enable_mergejoin: 'off',
  })
  expect(outline(plan)).toEqual([
    'Hash Left Join',
    '  Seq Scan: orders o',
    '  Hash',
    '    Seq Scan: customers c',
  ])
  expect(detail(plan, 'Hash Cond')).toBe('(o.customer_id = c.id)')
  expect(plan.totalCost).toBeGreaterThan(0)
  expect(plan.rows).toBeGreaterThan(0)
  expect(plan.width).toBeGreaterThan(0)
})

test('names the index and its condition', async () => {
  const plan = await explain('select * from orders where id = 7', {
    enable_bitmapscan: 'off',
    enable_seqscan: 'off',
  })
  expect(outline(plan)).toEqual(['Index Scan: orders by orders_pkey'])
  expect(detail(plan, 'Index Cond')).toBe('(id = 7)')
})

test('shows both parts of a bitmap scan', async () => {
  const plan = await explain("select * from orders where status = 'open'", {
    enable_indexscan: 'off',
    enable_seqscan: 'off',
  })
  expect(outline(plan)).toEqual(['Bitmap Heap Scan: orders', '  Bitmap Index Scan: by orders_by_status'])
  expect(detail(plan, 'Recheck Cond')).toBe("(status = 'open'::text)")
})

test('shows a query in WITH where it is made and where it is read', async () => {
  const plan = await explain(
    'with open as materialized (select * from orders) select count(*) from open group by status order by 1',
    { enable_sort: 'on', enable_hashagg: 'on' },
  )
  expect(outline(plan).map((line) => line.trim())).toEqual(
    expect.arrayContaining(['Seq Scan: orders', 'CTE Scan: open']),
  )
  const made = plan.plans
    .flatMap((node) => [node, ...node.plans])
    .find((node) => detail(node, 'Subplan Name'))
  expect(made && detail(made, 'Subplan Name')).toBe('CTE open')
  expect(made && detail(made, 'Run as')).toBe('InitPlan')
})

test('shows each partition', async () => {
  expect(outline(await explain('select * from events'))).toEqual([
    'Append',
    '  Seq Scan: events_2025 events_1',
    '  Seq Scan: events_2026 events_2',
  ])
})

test('says what is done in parallel, and by how many', async () => {
  const plan = await explain('select count(*) from orders', {
    parallel_setup_cost: '0',
    parallel_tuple_cost: '0',
    min_parallel_table_scan_size: '0',
    enable_indexonlyscan: 'off',
    enable_bitmapscan: 'off',
    enable_indexscan: 'off',
  })
  expect(outline(plan)).toEqual([
    'Finalize Aggregate',
    '  Gather',
    '    Partial Aggregate',
    '      Parallel Seq Scan: orders',
  ])
  expect(Number(plan.plans[0] && detail(plan.plans[0], 'Workers Planned'))).toBeGreaterThan(0)
})

test('calls a write by its command and its table', async () => {
  const plan = await explain("update orders set status = 'paid' where id = 7", {
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
  })
  expect(outline(plan)).toEqual(['Update: orders', '  Index Scan: orders by orders_pkey'])
})

test('marks a subquery that runs for each row', async () => {
  const plan = await explain(
    'select c.id, (select count(*) from orders o where o.customer_id = c.id) from customers c',
    { enable_seqscan: 'on' },
  )
  const [each] = plan.plans
  expect(plan.type).toBe('Seq Scan')
  expect(each && detail(each, 'Run as')).toBe('SubPlan')
  expect(each && detail(each, 'Subplan Name')).toBe('SubPlan 1')
})

test('calls aggregates and semi joins as psql does', async () => {
  const grouped = await explain('select status, count(*) from orders group by status', { enable_sort: 'off' })
  expect(grouped.type).toBe('HashAggregate')
  expect(detail(grouped, 'Group Key')).toBe('status')
  const semi = await explain(
    'select * from customers c where exists (select from orders o where o.customer_id = c.id)',
    {
      enable_nestloop: 'off',
      enable_mergejoin: 'off',
      enable_hashagg: 'off',
      enable_sort: 'off',
    },
  )
  expect(semi.type).toMatch(/^Hash (?:Right )?Semi Join$/)
})

test.each([[undefined], [null], ['text'], [[]], [{}], [[{ Plan: 7 }]]])(
  'refuses %j, which is no plan',
  (json) => {
    expect(() => planTree(json)).toThrow(PanelError)
  },
)

test('leaves out what is missing or of another type', () => {
  expect(
    planTree([{ Plan: { 'Node Type': 7, 'Total Cost': 'much', Plans: [null, 'x'], Filter: { a: 1 } } }]),
  ).toEqual({
    type: 'Unknown node',
    details: [],
    startupCost: 0,
    totalCost: 0,
    rows: 0,
    width: 0,
    plans: [
      expect.objectContaining({ type: 'Unknown node' }),
      expect.objectContaining({ type: 'Unknown node' }),
    ],
  })
})

test('is bounded in depth, in nodes and in text, and says how many nodes are missing', () => {
  let deep: object = { 'Node Type': 'Result', Filter: 'x'.repeat(10_000) }
  for (let level = 0; level < 100_000; level++) deep = { 'Node Type': 'Limit', Plans: [deep] }
  expect(() => planTree([{ Plan: deep }])).not.toThrow()
  const wide = planTree([
    { Plan: { 'Node Type': 'Append', Plans: Array.from({ length: 5000 }, () => ({})) } },
  ])
  expect(wide.plans).toHaveLength(1999)
  expect(detail(wide, 'Not shown')).toBe('3001 further nodes')
  const long = planTree([{ Plan: { 'Node Type': 'Seq Scan', Filter: 'x'.repeat(10_000) } }])
  expect(detail(long, 'Filter')).toHaveLength(2001)
})
