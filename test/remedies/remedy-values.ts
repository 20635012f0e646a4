// The values to pass to a remedy: the values of the loop's turns, collected as the remedy says.
import { writeClauses } from '../../src/sql/clauses/clauses.ts'
import { readPlaceholders, statementValues, type ValueType, valueTypes } from '../../src/sql/index.ts'
import type { Query } from '../../src/types/query.ts'
import type { RecordedLoop } from './recorded-loops.ts'

export interface RemedyRun {
  sql: string
  values: unknown[]
}

type Turn = readonly unknown[]
type Loop = Pick<RecordedLoop, 'text' | 'turns'>

/** The values of each turn, in the order of the fingerprint's `?`. */
export function valuesOf(turns: readonly Query[]): Turn[] {
  return turns.map(({ sql, params }) => statementValues(sql, params))
}

export function varyingPositions(values: readonly Turn[]): number[] {
  const [first = []] = values
  return [...first.keys()].filter(
    (at) => new Set(values.map((turn) => JSON.stringify(one(turn[at])))).size > 1,
  )
}

/** Replaces a list of one value by that value. */
export function one(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value
}

/** The values of a remedy for a list: `= any($1)`, and the other values unchanged. A removed LIMIT has no value. */
export function listRun(fix: string, text: string, turns: readonly Turn[]): RemedyRun {
  const varying = new Set(varyingPositions(turns))
  const places = readPlaceholders(text)
  const values = (turns[0] ?? []).map((value, at) =>
    varying.has(at) ? turns.map((turn) => one(turn[at])) : value,
  )
  const kept = / limit \$\d+/.test(fix) ? values : values.filter((_, at) => places[at]?.role !== 'limit')
  return { sql: fix, values: kept }
}

/** The values of a remedy that is joined to the query that the values come from. */
export function lateralRun(fix: string, parent: Query, turns: readonly Turn[]): RemedyRun {
  const varying = new Set(varyingPositions(turns))
  const fixed = (turns[0] ?? []).filter((_, at) => !varying.has(at))
  return { sql: fix, values: [...statementValues(parent.sql, parent.params), ...fixed] }
}

/** The values of a remedy that ends in "and so on", with a bracket or a line for each turn: pairs of keys, or rows. */
export function rowsRun(fix: string, { text, turns: sent }: Loop): RemedyRun {
  const turns = valuesOf(sent)
  const [statement = '', rows] = splitAtRows(fix)
  const values: unknown[] = []
  const { before, ofRow, after } = positions(text, turns, valueTypes(sent[0]?.sql ?? ''))
  for (const at of before) values.push(turns[0]?.[at])
  const brackets = rowsOf({ text, turns: sent }, ofRow).map((row) => {
    const isDefault = row.map((value) => value === undefined)
    const shown = rows.find((bracket) => hasDefaults(bracket, isDefault)) ?? rows[0] ?? ''
    const given = row.filter((value) => value !== undefined)
    let used = 0
    const written = shown.replace(/\$\d+/g, () => `$${values.length + ++used}`)
    if (used !== given.length) throw new Error(`${given.length} values for ${shown}`)
    values.push(...given)
    return written
  })
  for (const at of after) values.push(one(turns[0]?.[at]))
  let next = 0
  const numbers = before.length
  const separator = fix.includes('union all select') ? '\n  union all ' : ', '
  const sql = statement.replace(/\$\d+|\0/g, (found) => {
    if (found === '\0') {
      next += values.length - numbers - after.length
      return brackets.join(separator)
    }
    return `$${++next}`
  })
  return { sql, values }
}

/** The statement with one mark instead of its rows, and the rows. */
function splitAtRows(fix: string): [string, string[]] {
  const found: string[] = []
  const rest = fix.replace(/ -- and so on[^\n]*/, '')
  const line = /union all (select \$[^\n]*)\n {2}union all (select \$[^\n]*)/.exec(rest)
  if (line) {
    found.push(line[1] ?? '', line[2] ?? '')
    return [rest.replace(line[0], 'union all \0'), found]
  }
  const bracket = '\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\)'
  const brackets = new RegExp(`(values | in \\()(${bracket}), (${bracket})`).exec(rest)
  if (!brackets) throw new Error(`No rows in ${fix}`)
  found.push(brackets[2] ?? '', brackets[3] ?? '')
  return [rest.replace(brackets[0], () => `${brackets[1]}\0`), found]
}

function hasDefaults(bracket: string, isDefault: readonly boolean[]): boolean {
  const items = bracket.slice(1, -1).split(', ')
  return (
    items.length !== isDefault.length || items.every((item, at) => (item === 'default') === isDefault[at])
  )
}

/** Positions of the values before the rows, in a row, and after the rows. */
function positions(text: string, turns: readonly Turn[], types: readonly ValueType[]) {
  const places = readPlaceholders(text).map(({ start }) => start)
  const all = [...places.keys()]
  const varying = new Set(varyingPositions(turns))
  const clauses = writeClauses(text)
  const isConstant = (at: number) => types[at]?.literal !== undefined && !varying.has(at)
  if (clauses?.values) {
    const end = clauses['on conflict']?.start ?? clauses.returning?.start ?? text.length
    const isInRow = (at: number) => (places[at] ?? 0) < end
    return {
      before: [],
      ofRow: all.filter(isInRow),
      after: all.filter((at) => !isInRow(at) && isConstant(at)),
    }
  }
  if (clauses?.set && clauses.where) {
    const { start } = clauses.where
    const inSet = all.filter((at) => (places[at] ?? 0) < start)
    const behind = all.filter((at) => !inSet.includes(at))
    return {
      before: inSet.filter(isConstant),
      ofRow: [...inSet.filter((at) => !isConstant(at)), ...behind.filter((at) => varying.has(at))],
      after: behind.filter((at) => !varying.has(at)),
    }
  }
  const first = all.findIndex((at) => varying.has(at))
  const fixed = all.filter((at) => !varying.has(at))
  return {
    before: fixed.filter((at) => at < first),
    ofRow: [...varying],
    after: fixed.filter((at) => at > first),
  }
}

/** When a turn writes several rows, their values are ordered by column. */
function rowsOf({ text, turns }: Loop, ofRow: readonly number[]): unknown[][] {
  const places = readPlaceholders(text)
  return turns.flatMap(({ sql, params }) => {
    const values = statementValues(sql, params)
    const columns = ofRow.map((at) => (places[at]?.role === 'list' ? one(values[at]) : values[at]))
    if (!SEVERAL_ROWS.test(sql)) return [columns]
    const count = (columns[0] as unknown[]).length
    return Array.from({ length: count }, (_, row) => columns.map((column) => (column as unknown[])[row]))
  })
}

const SEVERAL_ROWS = /\bvalues\b.*\)\s*,\s*\(/is
