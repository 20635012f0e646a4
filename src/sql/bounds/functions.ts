// Classifies a function by its name: it returns one value or a set, aggregates, or is unknown. With a catalog, names that it
// does not list are PostgreSQL's own and harmless. Without a catalog, only the functions listed here are known.

import { AGGREGATES, SET_RETURNING } from '../parse/known-functions.ts'
import type { Catalog } from './catalog-shape.ts'

export interface FunctionFacts {
  of(names: readonly string[]): 'scalar' | 'set' | 'aggregate' | 'unknown'
  isVolatile(names: readonly string[]): boolean
  isBuiltinAggregate(names: readonly string[]): boolean
  /** True when no function outside pg_catalog has this name. */
  isBuiltin(names: readonly string[]): boolean
}

const SCALARS = new Set(
  'lower upper trim btrim ltrim rtrim length char_length octet_length md5 substr substring left right replace reverse concat concat_ws format initcap split_part strpos position to_char to_date to_timestamp to_number to_json to_jsonb row_to_json array_to_json json_build_array json_build_object jsonb_build_array jsonb_build_object json_object jsonb_object jsonb_set json_strip_nulls jsonb_strip_nulls array_to_string string_to_array array_length array_append array_prepend array_cat array_remove cardinality coalesce nullif greatest least abs round floor ceil ceiling mod power sqrt sign trunc now date_trunc date_part extract age make_date make_interval make_timestamp transaction_timestamp statement_timestamp timezone current_setting current_database current_schema version regexp_replace regexp_match encode decode ascii chr repeat lpad rpad row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value exists'.split(
    ' ',
  ),
)

/** Functions that are known without a catalog to return a different result each time. */
const VOLATILE = new Set(
  'random random_normal gen_random_uuid uuidv4 uuidv7 nextval currval setval lastval clock_timestamp timeofday set_config pg_sleep txid_current uuid_generate_v4'.split(
    ' ',
  ),
)

interface KnownFunction {
  returnsSet: boolean
  aggregate: boolean
  volatile: boolean
  builtin: boolean
}

/** The index of each catalog is kept, because a catalog does not change and may list thousands of functions. */
const indexes = new WeakMap<Catalog, ReadonlyMap<string, KnownFunction>>()

function functionsByName(catalog: Catalog | undefined): ReadonlyMap<string, KnownFunction> {
  const before = catalog === undefined ? undefined : indexes.get(catalog)
  if (before !== undefined) return before
  const byName = new Map<string, KnownFunction>()
  for (const { schema, name, returnsSet, aggregate, volatile } of catalog?.functions ?? []) {
    const same = byName.get(name)
    byName.set(name, {
      returnsSet: returnsSet || same?.returnsSet === true,
      aggregate: aggregate || same?.aggregate === true,
      volatile: volatile || same?.volatile === true,
      builtin: schema === 'pg_catalog' && same?.builtin !== false,
    })
  }
  if (catalog !== undefined) indexes.set(catalog, byName)
  return byName
}

export function functionFacts(catalog: Catalog | undefined): FunctionFacts {
  const byName = functionsByName(catalog)
  const hasFunctions = (catalog?.functions.length ?? 0) > 0

  return {
    of(names) {
      const name = names.at(-1) ?? ''
      const known = byName.get(name)
      // Several functions may share a name, so the least favourable one counts.
      if (known?.returnsSet === true || SET_RETURNING.has(name)) return 'set'
      if (AGGREGATES.has(name) && known?.builtin !== false) return 'aggregate'
      if (known !== undefined) return known.aggregate ? 'aggregate' : 'scalar'
      return hasFunctions || SCALARS.has(name) ? 'scalar' : 'unknown'
    },
    isVolatile(names) {
      const name = names.at(-1) ?? ''
      if (VOLATILE.has(name) || byName.get(name)?.volatile === true) return true
      return !hasFunctions && !SCALARS.has(name) && !AGGREGATES.has(name)
    },
    isBuiltin(names) {
      if (names.length > 1 && names.at(-2) !== 'pg_catalog') return false
      return byName.get(names.at(-1) ?? '')?.builtin !== false
    },
    isBuiltinAggregate(names) {
      const name = names.at(-1) ?? ''
      return AGGREGATES.has(name) && byName.get(name)?.builtin !== false
    },
  }
}
