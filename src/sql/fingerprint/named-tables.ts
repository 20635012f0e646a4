// The tables that a fingerprint's text names, read from the text alone: enough to tell which table a column belongs to
// where a statement names one table, or names its columns with their tables. Where it lists tables with commas, none is
// told. It is no parser: what is inside a string is no longer in a fingerprint's text.

export interface NamedTable {
  /** Without its schema and quotes. */
  name: string
  /** What the columns are named by: the alias, or the name. */
  alias: string
}

export function namedTables(text: string): readonly NamedTable[] {
  const tables: NamedTable[] = []
  for (const [, table = '', alias, comma] of text.matchAll(TABLE)) {
    if (comma) return []
    const name = bareName(table)
    tables.push({ name, alias: alias === undefined ? name : bareName(alias) })
  }
  return tables
}

/** The last part of a name, without quotes: `"public"."orders"` is `orders`. */
export function bareName(name: string): string {
  return name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll('"', '')
    .trim()
}

const NAME = '(?:"[^"]*"|[\\w$]+)'
const NO_ALIAS =
  'as|on|using|where|set|values|select|default|inner|left|right|full|cross|natural|join|group|order|having|limit|offset|fetch|for|window|union|intersect|except|returning|tablesample|lateral|overriding'
const TABLE = new RegExp(
  `\\b(?:from|join|into|update)\\s+(?:only\\s+)?((?:${NAME}\\.)*${NAME})(?=(?:\\s+(?:as\\s+)?((?!(?:${NO_ALIAS})\\b)${NAME}))?\\s*(,)?)`,
  'gi',
)
