// Rewrites in the words of Drizzle, for those that it has words for.
import type { ReadRewrite } from './read-rewrite.ts'
import type { Remedy } from './sql.ts'
import type { WriteRewrite } from './write-rewrite.ts'

export function readInDrizzle(rewrite: ReadRewrite): Partial<Remedy> {
  switch (rewrite.kind) {
    case 'list': {
      const { column, name } = rewrite.key
      return {
        remediation: `Collect the ${name} values first and ask once, with where(inArray(${plain(column)}, …)).`,
      }
    }
    default:
      return {}
  }
}

export function writeInDrizzle(rewrite: WriteRewrite): Partial<Remedy> {
  switch (rewrite.kind) {
    case 'rows':
      return {
        remediation: `Collect the rows first${rewrite.upsert ? ', each key once,' : ''} and insert them at once: db.insert(…).values([{ … }, { … }]).`,
      }
    case 'keys': {
      const [column] = rewrite.columns
      if (column === undefined || rewrite.columns.length > 1 || rewrite.sql === undefined) return {}
      return {
        remediation: `Collect the keys first and write once, with where(inArray(${plain(column)}, …)).`,
      }
    }
    default:
      return {}
  }
}

function plain(column: string): string {
  return column.replaceAll('"', '')
}
