// PostgreSQL functions whose result may differ from call to call, because it depends on chance, sequences, the clock or the
// session. Functions of the transaction's time are constant within one transaction. Which functions of the database itself
// change is known only with a catalog.
import { AGGREGATES, SET_RETURNING } from '../parse/known-functions.ts'

const CHANGING =
  /\b(random|random_normal|gen_random_uuid|gen_random_bytes|uuid_generate_v\w+|uuidv[47]|nextval|currval|lastval|setval|clock_timestamp|statement_timestamp|timeofday|current_setting|pg_sleep\w*|txid_\w+|pg_current_\w+|pg_export_snapshot|pg_backend_pid|inet_client_\w+)\(/
const TRANSACTION_TIME =
  /\b(?:(?:now|transaction_timestamp)\(|current_(?:date|time|timestamp)\b|localtime(?:stamp)?\b)/

/** Takes the text of a fingerprint. */
export function mayChangeEachTime(text: string): boolean {
  return CHANGING.test(text)
}

/** Whether the result depends on the time at which the transaction began. Takes the text of a fingerprint. */
export function dependsOnTransactionTime(text: string): boolean {
  return TRANSACTION_TIME.test(text)
}

/** Whether the statement calls a function that is not among PostgreSQL's usual ones. Takes the text of a fingerprint. */
export function callsUnknown(text: string): boolean {
  for (const [, name = ''] of text.matchAll(/(?<![\p{L}\w$"])([\p{L}\w$"]+)\(/gu)) {
    if (!USUAL.has(name) && !AGGREGATES.has(name) && !SET_RETURNING.has(name)) return true
  }
  return false
}

const USUAL = new Set(
  'coalesce nullif greatest least lower upper length char_length trim btrim ltrim rtrim substring substr replace concat concat_ws left right split_part position abs round ceil floor mod power date_trunc date_part extract age to_char to_date to_timestamp to_number make_date row_number rank dense_rank lag lead first_value last_value ntile cast array_length cardinality array_position array_to_string string_to_array json_build_object jsonb_build_object json_build_array jsonb_build_array to_json to_jsonb row_to_json jsonb_set jsonb_array_length json_array_length jsonb_extract_path_text to_tsvector to_tsquery plainto_tsquery websearch_to_tsquery ts_rank md5 encode decode now exists any all'.split(
    ' ',
  ),
)
