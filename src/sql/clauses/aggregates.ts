// PostgreSQL's own aggregates, by name: what a select list calls one row for, even where there are no rows.

const NAMES: ReadonlySet<string> = new Set(
  (
    'any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank ' +
    'every json_agg json_agg_strict json_arrayagg json_object_agg json_object_agg_strict json_object_agg_unique ' +
    'json_object_agg_unique_strict json_objectagg jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict ' +
    'jsonb_object_agg_unique jsonb_object_agg_unique_strict max min mode percent_rank percentile_cont percentile_disc ' +
    'range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx ' +
    'regr_sxy regr_syy st_union st_collect st_extent stddev stddev_pop stddev_samp string_agg sum var_pop var_samp ' +
    'variance xmlagg'
  ).split(' '),
)

/** Those that give 0, not NULL, where there is no row. */
const COUNTING: ReadonlySet<string> = new Set(['count', 'regr_count'])

const CALL = /\b([a-z_]\w*)\(/g

export function callsAggregate(text: string): boolean {
  return Array.from(text.matchAll(CALL)).some(([, name = '']) => NAMES.has(name))
}

/** What an aggregate gives where there are no rows: 0, NULL, or what COALESCE gives instead. */
export type WithoutRows = '0' | 'null' | 'default'

/** What an item of a select list gives without rows, when it is an aggregate, at most rounded or with a default. */
export function aggregateWithoutRows(item: string): WithoutRows | undefined {
  const call = /^([a-z_]\w*)\(/.exec(item)?.[1]
  if (call === undefined) return undefined
  const end = endOfCall(item)
  if (!/^(?:::[\w ]+(?:\[\])?)?(?: as (?:"(?:[^"]|"")*"|\S+))?$/.test(item.slice(end).replace(FILTER, '')))
    return undefined
  if (NAMES.has(call)) return COUNTING.has(call) ? '0' : 'null'
  if (call !== 'coalesce' && !KEEPS_NULL.has(call)) return undefined
  const argument = item.slice(call.length + 1, end - 1)
  const first = argument.slice(0, endOfCall(argument))
  const inner = /^(?:::[\w ]+)?(?:, \?)?$/.test(argument.slice(first.length).replace(FILTER, ''))
    ? aggregateWithoutRows(first)
    : undefined
  return inner === 'null' && call === 'coalesce' ? 'default' : inner
}

const KEEPS_NULL: ReadonlySet<string> = new Set(['abs', 'ceil', 'ceiling', 'floor', 'round', 'trunc'])

/** Behind the bracket that closes the first one. */
function endOfCall(item: string): number {
  let depth = 0
  for (const { 0: bracket, index } of item.matchAll(/"(?:[^"]|"")*"|[()]/g)) {
    if (bracket === '(') depth++
    if (bracket === ')' && --depth === 0) return index + 1
  }
  return item.length
}

/** Rows that are left out of it are no others where there are none. */
const FILTER = /^ filter \((?:[^()]|\([^()]*\))*\)/
