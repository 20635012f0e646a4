// Reads the tables that a fingerprint's text names. This is enough to find the table of a column when the statement names one
// table, or qualifies its columns. A statement that lists tables with commas returns no tables. This is no parser: a
// fingerprint's text no longer contains strings that could be misread.

export interface NamedTable {
  /** The name without schema and quotes. */
  name: string
  /** The qualifier of the table's columns: the alias, or the name. */
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
