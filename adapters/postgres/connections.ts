// Knows the connections of a pool by the object with which postgres.js cancels their queries, and the transaction of each. The
// server's word about transactions is not passed on by postgres.js, so the names of the commands tell it.
import { type Command, CommandTransaction } from '../../src/trace/command-transaction.ts'
import type { Backend, ResultLike } from './postgres-like.ts'

export class Connection extends CommandTransaction {
  readonly pid: number | null

  constructor(pid: number | null) {
    super()
    this.pid = pid
  }

  /** Notes that these results have come, and returns the transaction that the first of them was a part of. */
  afterResults(results: readonly ResultLike[], sql: string): object | undefined {
    let own = this.current
    for (const { command } of results) {
      const ofCommand = this.after(commandOf(command), sql)
      own ??= ofCommand
    }
    return own
  }

  /** Notes that this statement has failed, and returns its transaction. A COMMIT that fails ends the transaction as well. */
  afterError(sql: string): object | undefined {
    const own = this.current
    if (own && COMMIT.test(sql)) this.current = undefined
    return own
  }
}

const COMMIT = /^\s*(?:commit|end)\b/i

/** `connected` is called for each further connection. */
export function connectionsOf(connected: (connection: Connection) => void): (backend: Backend) => Connection {
  const known = new WeakMap<Backend, Connection>()
  return (backend) => {
    const before = known.get(backend)
    if (before && before.pid === backend.pid) return before
    const connection = new Connection(backend.pid)
    known.set(backend, connection)
    connected(connection)
    return connection
  }
}

/** The first word of the command tag. `PREPARE` alone prepares a statement, and no transaction. */
function commandOf(tag: string | null): Command {
  if (!tag || tag === 'PREPARE') return undefined
  const space = tag.indexOf(' ')
  return space < 0 ? tag : tag.slice(0, space)
}
