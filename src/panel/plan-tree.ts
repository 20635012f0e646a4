// Turns the JSON of PostgreSQL's EXPLAIN into our own tree. The JSON comes from another process, so nothing about its form is
// taken for granted: whatever is missing or of another type is left out, and the tree is bounded.
import { plural } from '../text/plural.ts'
import { PanelError, type PlanNode } from './panel-api.ts'

/** @throws PanelError when the JSON holds no plan. */
export function planTree(json: unknown): PlanNode {
  const [first] = Array.isArray(json) ? json : [json]
  const plan = fieldsOf(first).Plan
  if (typeof plan !== 'object' || plan === null) {
    throw new PanelError(
      'PostgreSQL returned no plan for this statement. Explain it in psql to see its answer.',
    )
  }
  return nodeOf(plan, { nodes: MOST_NODES }, 0)
}

/** More than anybody reads. A partitioned table can have thousands of partitions. */
const MOST_NODES = 2000
/** The depth that the page can indent, and that a recursive function can take. */
const MOST_LEVELS = 200

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function nodeOf(value: unknown, left: { nodes: number }, depth: number): PlanNode {
  const plan = fieldsOf(value)
  const below = Array.isArray(plan.Plans) && depth < MOST_LEVELS ? plan.Plans : []
  const relation = relationOf(plan)
  const index = textOf(plan['Index Name'])
  left.nodes--
  const plans: PlanNode[] = []
  for (const child of below) {
    if (left.nodes <= 0) break
    plans.push(nodeOf(child, left, depth + 1))
  }
  const missing = (Array.isArray(plan.Plans) ? plan.Plans.length : 0) - plans.length
  return {
    type: typeOf(plan),
    ...(relation === undefined ? {} : { relation }),
    ...(index === undefined ? {} : { index }),
    details: [
      ...detailsOf(plan),
      ...(missing > 0 ? [{ label: 'Not shown', text: plural(missing, 'further node') }] : []),
    ],
    startupCost: numberOf(plan['Startup Cost']),
    totalCost: numberOf(plan['Total Cost']),
    rows: numberOf(plan['Plan Rows']),
    width: numberOf(plan['Plan Width']),
    plans,
  }
}

/** As EXPLAIN words it in its text format: `Nested Loop Left Join`, `Parallel Seq Scan`, `Partial HashAggregate`, `Update`. */
function typeOf(plan: Fields): string {
  const node = textOf(plan['Node Type']) ?? 'Unknown node'
  const [strategy, join, operation, partial] = ['Strategy', 'Join Type', 'Operation', 'Partial Mode'].map(
    (name) => textOf(plan[name]),
  )
  const ownName =
    node === 'ModifyTable' ? operation : node === 'Aggregate' ? AGGREGATES[strategy ?? ''] : undefined
  const joined = join === undefined || join === 'Inner' ? node : `${node.replace(/ Join$/, '')} ${join} Join`
  return [
    plan['Parallel Aware'] === true ? 'Parallel' : '',
    partial === 'Simple' ? '' : partial,
    ownName ?? joined,
    plan['Scan Direction'] === 'Backward' ? 'Backward' : '',
  ]
    .filter(Boolean)
    .join(' ')
}

const AGGREGATES: Readonly<Record<string, string>> = {
  Sorted: 'GroupAggregate',
  Hashed: 'HashAggregate',
  Mixed: 'MixedAggregate',
}

function relationOf(plan: Fields): string | undefined {
  const schema = textOf(plan.Schema)
  const name =
    textOf(plan['Relation Name']) ??
    textOf(plan['Function Name']) ??
    textOf(plan['CTE Name']) ??
    textOf(plan['Table Function Name'])
  const alias = textOf(plan.Alias)
  if (name === undefined) return alias
  const whole = schema === undefined || schema === 'public' ? name : `${schema}.${name}`
  return alias === undefined || alias === name ? whole : `${whole} ${alias}`
}

/** The fields that say how a node works, in the order in which they are shown. Costs, names and children are shown apart. */
const DETAILS = [
  'Parent Relationship',
  'Subplan Name',
  'Index Cond',
  'Recheck Cond',
  'TID Cond',
  'Hash Cond',
  'Merge Cond',
  'Join Filter',
  'Filter',
  'One-Time Filter',
  'Order By',
  'Sort Key',
  'Presorted Key',
  'Group Key',
  'Grouping Sets',
  'Cache Key',
  'Cache Mode',
  'Function Call',
  'Run Condition',
  'Window',
  'Conflict Resolution',
  'Conflict Arbiter Indexes',
  'Conflict Filter',
  'Workers Planned',
  'Subplans Removed',
  'Sampling Method',
  'Inner Unique',
  'Remote SQL',
] as const

/** These relationships are told by the position in the tree. */
const USUAL_RELATIONSHIPS: ReadonlySet<string> = new Set(['Outer', 'Inner', 'Member', 'Subquery'])

function detailsOf(plan: Fields): PlanNode['details'] {
  return DETAILS.flatMap((label) => {
    const text = detailText(plan[label])
    if (text === undefined || (label === 'Parent Relationship' && USUAL_RELATIONSHIPS.has(text))) return []
    return [{ label: label === 'Parent Relationship' ? 'Run as' : label, text }]
  })
}

function detailText(value: unknown): string | undefined {
  if (Array.isArray(value))
    return value.length === 0 ? undefined : clip(value.map((one) => detailText(one) ?? '').join(', '))
  if (typeof value === 'number') return `${value}`
  if (value === true) return 'yes'
  return textOf(value)
}

/** A list of ten thousand values is no condition that anybody reads. */
const TEXT_LENGTH = 2000

function clip(text: string): string {
  return text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}…` : text
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? clip(value) : undefined
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
