// PostgreSQL functions that aggregate or return sets, by name. Without a catalog only the name of a function is known. With a
// catalog, its functions are considered as well.

const split = (names: string): ReadonlySet<string> => new Set(names.split(' '))

export const AGGREGATES = split(
  'count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_agg_strict jsonb_agg_strict json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict bool_and bool_or every bit_and bit_or bit_xor xmlagg range_agg range_intersect_agg any_value corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp variance var_pop var_samp mode percentile_cont percentile_disc',
)

/** Aggregates whose result contains something of each row that they read. */
export const COLLECTING_AGGREGATES = split(
  'array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_agg_strict jsonb_agg_strict json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict xmlagg range_agg',
)

export const SET_RETURNING = split(
  'generate_series generate_subscripts unnest json_array_elements json_array_elements_text jsonb_array_elements jsonb_array_elements_text json_each json_each_text jsonb_each jsonb_each_text json_object_keys jsonb_object_keys json_populate_recordset jsonb_populate_recordset json_to_recordset jsonb_to_recordset jsonb_path_query jsonb_path_query_tz regexp_matches regexp_split_to_table string_to_table ts_parse ts_token_type ts_stat aclexplode',
)
