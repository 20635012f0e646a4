// Follows the transaction of a connection by the names of the commands that have succeeded, for drivers that do not show the
// server's own word about it. The statement is needed for ROLLBACK TO and AND CHAIN, whose command names do not differ.

/** The name of a command in the result of a driver: `SELECT`, `BEGIN`. */
export type Command = string | null | undefined

export class CommandTransaction {
  /** The open transaction; a new object for each. */
  current: object | undefined

  /** Notes that the command has succeeded, and returns the transaction that it was a part of. */
  after(command: Command, sql: string): object | undefined {
    if (isBeginning(command)) this.current ??= {}
    const own = this.current
    if (own && isEnd(command) && !TO_SAVEPOINT.test(sql)) this.current = AND_CHAIN.test(sql) ? {} : undefined
    return own
  }
}

/** The names of commands that begin or end a transaction. */
const BOUNDARIES = new Set(['BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'PREPARE'])

export function isBoundary(command: Command): boolean {
  return Boolean(command) && BOUNDARIES.has(command as string)
}

/** Reads only the first letters, because the name is a new string for each query, and a lookup would hash all of it. */
export function mayBeBoundary(command: Command): boolean {
  if (!command) return false
  const first = command.charCodeAt(0)
  return first !== LETTER_S || command.charCodeAt(1) === LETTER_T ? BOUNDARIES.has(command) : false
}

const LETTER_S = 83
const LETTER_T = 84

const TO_SAVEPOINT = /\brollback\s+(?:(?:work|transaction)\s+)?to\b/i
const AND_CHAIN = /\band\s+chain\b/i

export function isBeginning(command: Command): boolean {
  return command === 'BEGIN' || command === 'START'
}

function isEnd(command: Command): boolean {
  return command === 'COMMIT' || command === 'ROLLBACK' || command === 'PREPARE'
}

/** Whether a transaction ended in between, when one was open before the statements and one is open after them. */
export function endsWithin(commands: readonly Command[], sql: string): boolean {
  const end = commands.findIndex(isEnd)
  if (end < 0) return false
  if (commands[end] === 'COMMIT' || AND_CHAIN.test(sql)) return true
  return commands.slice(end + 1).some(isBeginning)
}
