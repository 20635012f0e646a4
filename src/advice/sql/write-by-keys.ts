// One UPDATE or DELETE for a list of keys, for turns that differ only in their keys.
import { splitAtCommas, type WriteClauses } from '../../sql/clauses/clauses.ts'
import { type Edit, parameters, writeStatement } from '../../sql/clauses/write-statement.ts'
import { canBeJoined, lastPart } from './output-key.ts'
import {
  isConstant,
  isRepeated,
  type Key,
  type RepeatedWrite,
  varyingKeys,
  type WriteRewrite,
} from './repeated-write.ts'

/** For turns that differ only in their keys, and set only literals of the statement. */
export function byKeys(
  write: RepeatedWrite,
  { table, set, where, returning, ...other }: WriteClauses,
): WriteRewrite | undefined {
  const { text, values, types } = write
  const keys = where && varyingKeys(write, where)
  if (!keys) return undefined
  const given = values.filter(({ start }) => start < where.start)
  if (!given.every((value) => isConstant(write, value))) return undefined
  const columns = keys.map(({ column }) => column)
  const setColumns = set
    ? splitAtCommas(text, set).map((item) => text.slice(item.start, item.end).split(' = '))
    : []
  const isIdempotent = setColumns.every(([, value = '']) => IDEMPOTENT.test(value))
  const isSafe =
    !/\bselect\b/.test(text) &&
    !setColumns.some(([column = '']) => columns.some((key) => lastPart(key) === lastPart(column))) &&
    (isIdempotent || !isRepeated(keys.map(({ value }) => value)))
  if (!isSafe || (keys.length > 1 && (other.from || other.using)) || !canBeJoined(text, keys))
    return { kind: 'keys', columns }
  const next = parameters()
  const [first, ...rest] = keys as [Key, ...Key[]]
  const castOf = ({ value }: Key) => types[value.position]?.cast ?? ''
  const row = () => `(${keys.map((key) => `${next()}${castOf(key)}`).join(', ')})`
  const isArray = / = any ?\(/.test(text.slice(first.start, first.end)) || castOf(first) === ''
  const edits: Edit[] = [
    {
      start: first.start,
      end: first.end,
      write: () =>
        rest.length === 0
          ? `${first.column} = any(${next()}${castOf(first)}${isArray ? '' : '[]'})`
          : `(${columns.join(', ')}) in (${row()}, ${row()})`,
    },
    ...rest.map(({ start, end }): Edit => ({ start: start - ' and '.length, end, write: () => '' })),
  ]
  return { kind: 'keys', columns, sql: writeStatement(write, next, edits) }
}

/** Setting such a value twice has the same result as setting it once. */
const IDEMPOTENT = /^(?:\?|default|now\(\)|current_timestamp|current_date|localtimestamp)$/
