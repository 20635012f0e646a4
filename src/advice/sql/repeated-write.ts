// A write that a loop repeats, the ways to write it as one statement, and what several of these ways need to know about it.
import { type Span, splitAtAnd } from '../../sql/clauses/clauses.ts'
import type { ShownStatement } from '../../sql/clauses/write-statement.ts'
import type { Placeholder, ValueType } from '../../sql/index.ts'
import { columnOfKey } from './output-key.ts'

/** A value of the statement. `names` has one name for each turn, and equal values have equal names. */
export type WrittenValue = Placeholder & {
  position: number
  names: readonly string[]
  distinct: number
  /** Whether it is a list of values. */
  isBatch: boolean
}

export interface RepeatedWrite extends ShownStatement {
  kind: string
  types: readonly ValueType[]
  /** The types of a second row, which may have DEFAULT in other columns. */
  otherTypes: readonly ValueType[]
  values: readonly WrittenValue[]
  /** Whether values come from rows that the loop itself wrote before. */
  followsItself: boolean
}

export type WriteRewrite =
  /** One INSERT of many rows. */
  | { kind: 'rows'; sql?: string | undefined; upsert: boolean; parametersPerRow: number }
  /** One statement for a list of keys. */
  | { kind: 'keys'; columns: readonly string[]; sql?: string | undefined }
  /** One UPDATE from a list of rows. `columns` are set, and `keys` find the row. */
  | {
      kind: 'values'
      columns: readonly string[]
      keys: readonly string[]
      sql?: string | undefined
    }
  /** A row needs a value that the database gave to the row before, such as its id. */
  | { kind: 'chain' }
  | { kind: 'words'; write: string }

/** Whether the value is a literal of the statement, which is the same for all rows. Equal parameters may differ the next time. */
export function isConstant({ types }: RepeatedWrite, { position, distinct }: WrittenValue): boolean {
  return types[position]?.literal !== undefined && distinct === 1
}

/** Whether two turns have the same keys. */
export function isRepeated(keys: readonly WrittenValue[]): boolean {
  const turns = keys[0]?.names.length ?? 0
  const rows = new Set(keys[0]?.names.map((_, turn) => keys.map(({ names }) => names[turn]).join(' ')))
  return rows.size < turns
}

export interface Key extends Span {
  column: string
  value: WrittenValue
}

/** The conditions `column = ?` whose value differs between turns. */
export function varyingKeys({ text, values }: RepeatedWrite, where: Span): Key[] | undefined {
  const conditions = splitAtAnd(text, where)
  const varying = values.filter(
    ({ start, distinct }) => distinct > 1 && start >= where.start && start < where.end,
  )
  const keys = varying.map((value) => {
    const span = conditions.find(({ start, end }) => start <= value.start && value.start < end)
    const column = span && columnOfKey(text.slice(span.start, span.end))
    return column === undefined ? undefined : { ...span, column, value }
  })
  return keys.length === 0 || keys.includes(undefined) ? undefined : (keys as Key[])
}
