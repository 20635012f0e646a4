// PostgreSQL's own aggregates by name. A select list of aggregates returns one row, even when the tables have none.

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

/** Aggregates that return 0, not NULL, when there are no rows. */
const COUNTING: ReadonlySet<string> = new Set(['count', 'regr_count'])

const CALL = /\b([a-z_]\w*)\(/g

export function callsAggregate(text: string): boolean {
  return Array.from(text.matchAll(CALL)).some(([, name = '']) => NAMES.has(name))
}

/** The result of an aggregate without rows: 0, NULL, or the default in COALESCE. */
export type WithoutRows = '0' | 'null' | 'default'

/**
 * The result of an item of a select list without rows. Undefined unless the item is an aggregate, possibly rounded or with a
 * default.
 */
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

/** The offset after the bracket that closes the first open bracket. */
function endOfCall(item: string): number {
  let depth = 0
  for (const { 0: bracket, index } of item.matchAll(/"(?:[^"]|"")*"|[()]/g)) {
    if (bracket === '(') depth++
    if (bracket === ')' && --depth === 0) return index + 1
  }
  return item.length
}

/** A FILTER clause changes nothing when there are no rows. */
const FILTER = /^ filter \((?:[^()]|\([^()]*\))*\)/
