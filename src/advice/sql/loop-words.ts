// One statement instead of a loop, in SQL: a sentence that says what to do, and the statement if it is proven.
import type { Remedy } from '../advisor.ts'
import type { AggregateOutput, ReadRewrite } from './repeated-read.ts'
import type { WriteRewrite } from './repeated-write.ts'

export function readInSql(rewrite: ReadRewrite): Remedy {
  const fix = 'sql' in rewrite && rewrite.sql !== undefined ? { fix: withNote(rewrite, rewrite.sql) } : {}
  return { remediation: sentence(rewrite), ...fix }
}

function sentence(rewrite: ReadRewrite): string {
  switch (rewrite.kind) {
    case 'list': {
      const { column, name } = rewrite.key
      return `Collect the ${name} values first and ask once, with ${column} = any(…).`
    }
    case 'pairs': {
      const columns = rewrite.keys.map(({ column }) => column).join(', ')
      return `Collect the values first and ask once, with (${columns}) in ((…), (…)).`
    }
    case 'grouped': {
      const { key, aggregates } = rewrite
      return `Ask once for all, with ${key.column} = any(…), grouped by ${key.column}; ${withoutRows(aggregates)}.`
    }
    case 'locked':
      return `Lock all rows with one statement, with ${rewrite.key.column} = any(…), in the order of a unique key.`
    case 'written':
      return 'The loop writes to what it reads, so a read before it would miss what its turns add. Let the write decide, as INSERT … ON CONFLICT does, or keep in the loop what it has written.'
    case 'lateral':
      return 'Join to the query the values come from; a row of it without any gets NULL.'
    case 'walk':
      return 'Read the whole path with one statement: WITH RECURSIVE.'
    case 'words': {
      const { keys, limited } = rewrite
      const all = keys.length > 1 ? ` combinations of (${keys.join(', ')})` : ' of them'
      const how = limited ? 'LEFT JOIN LATERAL (…) ON TRUE' : 'a join'
      return `Ask once for all${all}, by ${how} to the query, or the list, they come from.`
    }
  }
}

/** The loop got a row for a value without rows; a grouped query has no group for such a value. */
export function withoutRows(aggregates: readonly AggregateOutput[]): string {
  const kinds = new Set(aggregates.map((aggregate) => aggregate.withoutRows))
  const values = aggregates.map((aggregate) =>
    aggregate.withoutRows === 'default' ? 'its default' : aggregate.withoutRows.toUpperCase(),
  )
  const taken = kinds.size === 1 ? values[0] : values.join(', ')
  return `a value without rows is not in the result: take ${taken} for it`
}

function withNote(rewrite: ReadRewrite, sql: string): string {
  return rewrite.kind === 'pairs' ? `${sql} -- and so on, a bracket for each row` : sql
}

export function writeInSql(rewrite: WriteRewrite): Remedy {
  const fix = 'sql' in rewrite && rewrite.sql !== undefined ? { fix: withRest(rewrite, rewrite.sql) } : {}
  return { remediation: writeSentence(rewrite), ...fix }
}

function writeSentence(rewrite: WriteRewrite): string {
  switch (rewrite.kind) {
    case 'rows':
      return rewrite.upsert
        ? 'Collect the rows first, each key once, and insert them with one statement.'
        : 'Collect the rows first and insert them with one statement.'
    case 'keys': {
      const { columns, sql } = rewrite
      const key = columns.length > 1 ? `(${columns.join(', ')}) in ((…), (…))` : `${columns[0]} = any(…)`
      return sql === undefined
        ? `Collect the keys first and write once, with ${key}, where the order of the writes does not matter.`
        : `Collect the keys first and write once, with ${key}.`
    }
    case 'values':
      return 'Collect the rows first, each key once, and write them with one UPDATE … FROM, joined by the key.'
    case 'chain':
      return 'Each row needs the id of the one before: make the ids in the application, then insert all rows with one statement.'
    case 'words':
      return 'Collect the values first and write all rows with one statement.'
  }
}

function withRest(rewrite: WriteRewrite, sql: string): string {
  const isList = rewrite.kind === 'rows' || (rewrite.kind === 'keys' && rewrite.columns.length > 1)
  return isList ? `${sql} -- and so on, a bracket for each row` : sql
}
