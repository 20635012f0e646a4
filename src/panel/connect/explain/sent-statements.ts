// The statements that this process has sent, with the database that each was sent to. Only these can be explained: the panel names a
// statement by its text, and the stored text is used, so that nothing else reaches the database. Limited in number and length.
import type { Database } from '../../../catalog/database.ts'
import { neutralLiterals } from '../../../sql/fingerprint/neutral-literals.ts'
import { fingerprint } from '../../../sql/index.ts'
import type { Query } from '../../../types/query.ts'

const MOST_STATEMENTS = 2000
const MOST_CHARACTERS = 4 * 1024 * 1024

interface SentStatement {
  /** Without values. */
  readonly sql: string
  readonly database: Database
}

export interface SentStatements {
  /** Called for each connection whose database is known. */
  addConnection(connection: object, database: Database): void
  /** Remembers the statements of a trace. `connections` are those that its queries name by their numbers, which start at 1. */
  add(queries: readonly Query[], connections: Iterable<object>): void
  find(sql: string): SentStatement | undefined
}

export function sentStatements(): SentStatements {
  const databases = new WeakMap<object, Database>()
  /** By fingerprint, those that were sent last at the end. */
  const statements = new Map<string, SentStatement>()
  let characters = 0

  const forgetOldest = () => {
    const [oldest] = statements
    if (!oldest) return
    statements.delete(oldest[0])
    characters -= oldest[1].sql.length
  }

  return {
    addConnection: (connection, database) => void databases.set(connection, database),
    add(queries, connections) {
      const known = [...connections].map((connection) => databases.get(connection))
      for (const { sql, sqlLength, connection } of queries) {
        const database = connection === undefined ? undefined : known[connection - 1]
        // The end of a longer statement is unknown.
        if (!database || sqlLength !== undefined) continue
        const { key } = fingerprint(sql)
        const before = statements.get(key)
        statements.delete(key)
        const statement = { sql: before?.sql ?? neutralLiterals(sql), database }
        statements.set(key, statement)
        if (!before) characters += statement.sql.length
        while (statements.size > MOST_STATEMENTS || characters > MOST_CHARACTERS) forgetOldest()
      }
    },
    find: (sql) => statements.get(fingerprint(sql).key),
  }
}
