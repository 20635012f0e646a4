// A statement with coloured keywords, strings and comments. A word that is wrongly taken for a keyword only has the wrong
// colour.
import type { Make } from './element-maker.ts'

export function sqlText(make: Make, sql: string): Node[] {
  /** Each colour needs an element, so a longer statement is not coloured. */
  const longest = 4000
  const token =
    /('(?:[^']|'')*'|--[^\n]*)|(\$\d+|\?)|\b(select|distinct|from|where|and|or|not|in|is|null|as|on|using|join|left|right|full|inner|outer|cross|lateral|group|order|by|having|limit|offset|fetch|insert|into|values|update|set|delete|returning|with|recursive|union|all|any|exists|between|like|ilike|case|when|then|else|end|asc|desc|for|create|alter|drop|table|begin|commit|rollback|conflict|do|nothing|merge|matched|over|partition|filter|unnest|cast|true|false)\b/gi
  const nodes: Node[] = []
  const head = sql.slice(0, longest)
  let done = 0
  const add = (text: string) => nodes.push(...make('span', null, text).childNodes)
  for (const match of head.matchAll(token)) {
    const [text, quiet, value] = match
    if (match.index > done) add(head.slice(done, match.index))
    nodes.push(make('span', { class: quiet ? 'sql-string' : value ? 'sql-value' : 'sql-word' }, text))
    done = match.index + text.length
  }
  add(head.slice(done) + sql.slice(longest))
  return nodes
}
