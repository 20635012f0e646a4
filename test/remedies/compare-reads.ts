// Runs a loop of reads and its remedy on one database, and compares the rows of each turn with the remedy's rows for the same
// values: the same rows, equally often, and in the same order if the statement has one.
import type { ClientBase } from 'pg'
import type { Query } from '../../src/types/query.ts'
import type { RecordedLoop } from './recorded-loops.ts'
import {
  lateralRun,
  listRun,
  one,
  type RemedyRun,
  rowsRun,
  valuesOf,
  varyingPositions,
} from './remedy-values.ts'

export interface Comparison {
  turns: number
  rows: number
  /** The rows that only the loop or only the remedy has. Empty when they agree. */
  differences: readonly string[]
}

interface Rows {
  names: string[]
  types: number[]
  rows: (string | null)[][]
}

export async function compareReads(client: ClientBase, loop: RecordedLoop): Promise<Comparison> {
  const { turns, fix } = loop
  if (fix.startsWith('with recursive walk as')) return compareWalk(client, loop)
  const values = valuesOf(turns)
  const varying = varyingPositions(values)
  const differences: string[] = []
  let rows = 0
  let remedy: Rows | undefined
  for (const [turn, query] of turns.entries()) {
    const { sql, params = [] } = query
    const got = await run(client, { sql, values: [...params] })
    const wanted = varying.map((at) => one(values[turn]?.[at]))
    remedy ??= await run(client, remedyRun(loop, values))
    const keys = await keysFor(client, keyColumns(loop, got, remedy, wanted.length), remedy, wanted)
    if (isLateral(fix) && !(await isInParent(client, loop, wanted))) continue
    rows += got.rows.length
    const whole = withoutLimit(query)
    const allowed = whole && (await run(client, whole)).rows
    const difference = compareTurn(loop, got, remedy, keys, allowed)
    if (difference) differences.push(`for ${JSON.stringify(wanted)}: ${difference}`)
  }
  return { turns: turns.length, rows, differences }
}

/** The rows of a LIMIT without ORDER BY depend on the plan. */
function withoutLimit({ sql, params = [] }: Query): RemedyRun | undefined {
  const [limit, number] = / limit (?:\d+|\$(\d+))$/i.exec(sql) ?? []
  if (limit === undefined || / order by /i.test(sql)) return undefined
  const isLast = number === undefined || Number(number) === params.length
  const values = number === undefined ? [...params] : params.slice(0, -1)
  return isLast ? { sql: sql.slice(0, -limit.length), values } : undefined
}

function remedyRun(loop: RecordedLoop, values: readonly (readonly unknown[])[]): RemedyRun {
  const { fix, text: sent, parent } = loop
  if (isPair(fix)) return rowsRun(fix, loop)
  if (!isLateral(fix)) return listRun(fix, sent, values)
  if (!parent) throw new Error('The remedy is joined to a query that the recording does not have.')
  return lateralRun(fix, parent, values)
}

const isPair = (fix: string): boolean => fix.endsWith('a bracket for each row')
const isLateral = (fix: string): boolean => fix.includes('left join lateral')

interface Key {
  /** The position of the column in the remedy's row. */
  column: number
  /** The texts that the column may have for the turn's value. */
  texts: ReadonlySet<string | null>
}

/** The columns of the remedy that tell to which turn a row belongs. */
function keyColumns({ fix, turns }: RecordedLoop, got: Rows, remedy: Rows, keys: number): number[] {
  const added = remedy.names.length - got.names.length
  if (isLateral(fix)) return Array.from({ length: keys }, (_, at) => Math.min(at, added - 1))
  if (added === keys)
    return Array.from({ length: keys }, (_, at) => (isAddedInFront(got, remedy) ? at : got.names.length + at))
  const names = isPair(fix)
    ? (/\(([^()]+)\) in \(\(/.exec(fix)?.[1]?.split(', ') ?? [])
    : [keyOfList(fix, varyingPositions(valuesOf(turns))[0] ?? 0)]
  return names.map((name) => {
    const last = name.startsWith('"') ? name.slice(1, -1) : (name.split('.').at(-1) ?? '').replaceAll('"', '')
    const alias = fix.split(`${name} as `)[1]?.split(/[ ,]/)[0]
    const at = remedy.names.findIndex((one) => one === (alias ?? last) || one === `key_${last}`)
    if (at < 0) throw new Error(`The rows of the remedy have no column ${last}.`)
    return at
  })
}

function keyOfList(fix: string, position: number): string {
  const named = Array.from(fix.matchAll(/((?:"[^"]+"|[\w.$])+) = any\(\$(\d+)/g))
  return named.find(([, , number]) => Number(number) === position + 1)?.[1] ?? ''
}

function isAddedInFront(got: Rows, remedy: Rows): boolean {
  return JSON.stringify(remedy.names.slice(-got.names.length)) === JSON.stringify(got.names)
}

function withoutKeys(
  loop: RecordedLoop,
  got: Rows,
  remedy: Rows,
): (row: (string | null)[]) => (string | null)[] {
  const added = remedy.names.length - got.names.length
  if (added === 0) return (row) => row
  return isLateral(loop.fix) || isAddedInFront(got, remedy)
    ? (row) => row.slice(added)
    : (row) => row.slice(0, got.names.length)
}

/** The parent may have other rows now than when the loop ran. A row that the parent has and the remedy lacks is lost. */
async function isInParent(
  client: ClientBase,
  { fix, parent }: RecordedLoop,
  wanted: readonly unknown[],
): Promise<boolean> {
  const rows = await run(client, { sql: parent?.sql ?? '', values: [...(parent?.params ?? [])] })
  const columns = Array.from(fix.matchAll(/parent_row\.("[^"]+"|\w+) as /g), ([, name = '']) =>
    rows.names.indexOf(name.replaceAll('"', '')),
  )
  const places = wanted.map((_, at) => columns[Math.min(at, columns.length - 1)] ?? -1)
  const keys = await keysFor(client, places, rows, wanted)
  return rows.rows.some((row) => keys.every(({ column, texts }) => texts.has(row[column] ?? null)))
}

/** The texts of a column that the database takes for the value: `0.50` is 0.5. */
async function keysFor(
  client: ClientBase,
  columns: readonly number[],
  { types, rows }: Rows,
  wanted: readonly unknown[],
): Promise<Key[]> {
  const keys: Key[] = []
  for (const [at, column] of columns.entries()) {
    const { rows: found } = await client.query(`select format_type(${types[column]}, null) as type`)
    const { type } = found[0]
    const texts = [...new Set(rows.map((row) => row[column]))]
    const equal = await client.query(
      `select text from unnest($1::text[]) as text where text::${type} is not distinct from $2::${type}`,
      [texts, wanted[at]],
    )
    keys.push({ column, texts: new Set(equal.rows.map(({ text: one }) => one)) })
  }
  return keys
}

function compareTurn(
  loop: RecordedLoop,
  got: Rows,
  remedy: Rows,
  keys: readonly Key[],
  /** The rows that the turn could have got when the plan decides. */
  allowed: readonly unknown[] | undefined,
): string | undefined {
  const strip = withoutKeys(loop, got, remedy)
  const own = remedy.rows
    .filter((row) => keys.every(({ column, texts }) => texts.has(row[column] ?? null)))
    .map(strip)
  const has =
    isLateral(loop.fix) && got.rows.length === 0
      ? own.filter((row) => row.some((value) => value !== null))
      : own
  if (isGrouped(loop) && has.length === 0)
    return isEmptyGroup(got) ? undefined : `no group, and the loop got ${text(got.rows)}`
  const times = has.length / Math.max(1, got.rows.length)
  const expected =
    Number.isInteger(times) && times > 1 && isLateral(loop.fix) ? repeat(got.rows, times) : got.rows
  if (allowed && has.length === expected.length) {
    const known = new Set(sorted(allowed))
    if (sorted(has).every((row) => known.has(row))) return undefined
  }
  if (text(sorted(has)) !== text(sorted(expected))) return `${text(has)} instead of ${text(got.rows)}`
  const isOrdered = / order by [^()]*$/.test(loop.text) && expected === got.rows
  return isOrdered && text(has) !== text(got.rows)
    ? `another order: ${text(has)} instead of ${text(got.rows)}`
    : undefined
}

const isGrouped = ({ fix, text: sent }: RecordedLoop): boolean =>
  / group by /.test(fix) && !/ group by /.test(sent)

/** The value that the remedy names for a key without rows: 0, NULL, or the default of COALESCE. */
function isEmptyGroup({ rows }: Rows): boolean {
  return (
    rows.length === 1 &&
    (rows[0] ?? []).every((value) => value === null || Number(value) === 0 || value === 'none')
  )
}

async function run(client: ClientBase, { sql, values }: RemedyRun): Promise<Rows> {
  const { fields, rows } = await client.query({
    text: sql,
    values,
    rowMode: 'array',
    types: { getTypeParser: () => String },
  })
  return { names: fields.map(({ name }) => name), types: fields.map(({ dataTypeID }) => dataTypeID), rows }
}

/** Follows the column of the remedy from its first value, as the loop did. */
async function compareWalk(client: ClientBase, { fix, turns }: RecordedLoop): Promise<Comparison> {
  const [first, second] = turns
  if (!first?.params || !second?.params) throw new Error('The walk has no parameters.')
  const key = first.params.findIndex((value, at) => value !== second.params?.[at])
  const from = /\) cycle "?([^" ]+)"? set/.exec(fix)?.[1] ?? ''
  const got: (string | null)[][] = []
  const asked = new Set<unknown>()
  const waiting = [first.params[key]]
  for (const value of waiting) {
    if (asked.has(value)) continue
    asked.add(value)
    const params = [...first.params]
    params[key] = value
    const { names, rows } = await run(client, { sql: first.sql, values: params })
    got.push(...rows)
    waiting.push(...rows.flatMap((row) => row[names.indexOf(from)] ?? []))
  }
  const remedy = await run(client, { sql: fix, values: [...first.params] })
  const has = remedy.rows.map((row) => row.slice(1, -2))
  const isSame = text(sorted(has)) === text(sorted(got))
  return {
    turns: asked.size,
    rows: got.length,
    differences: isSame ? [] : [`${text(has)} instead of ${text(got)}`],
  }
}

function repeat<Item>(items: readonly Item[], times: number): Item[] {
  return Array.from({ length: times }, () => items).flat()
}

function sorted(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort()
}

function text(rows: readonly unknown[]): string {
  return JSON.stringify(rows).slice(0, 500)
}
