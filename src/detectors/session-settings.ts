// The settings that were in force on its connection when a query was sent. The same text is a different query under another
// role, search path or tenant (row-level security), and in another snapshot. Settings that change no result (timeouts, costs)
// are ignored. Settings from before the trace are unknown, so the connections of a pool are assumed to be alike then.
import { fingerprint, statementValues } from '../sql/index.ts'
import type { Query } from '../types/query.ts'

interface Session {
  /** Until they are set anew. */
  lasting: Map<string, string>
  /** Until the transaction ends. */
  local: Map<string, string>
  /** Set by `set_config`, of which it is not known which of both it is. */
  either: Map<string, string>
  hasChangedInTransaction: boolean
  transaction: number | undefined
}

/** Returns a function: two queries with the same text were sent under the same settings. */
export function sessionSettings(queries: readonly Query[]): (index: number) => string {
  const sessions = new Map<number | undefined, Session>()
  const texts = queries.map((query, index) => {
    const { kind, text } = fingerprint(query.sql)
    const changes = kind === 'set' || kind === 'transaction' || MAY_SET.test(text)
    let session = sessions.get(query.connection)
    if (!session && !changes) return ''
    session ??= newSession(query)
    sessions.set(query.connection, session)
    if (query.transaction !== session.transaction) endTransaction(session, false, index)
    session.transaction = query.transaction
    const before = describe(session)
    if (changes && query.error === undefined) apply(session, query, text, index)
    return before
  })
  return (index) => texts[index] ?? ''
}

const MAY_SET = /\bset_config\(|^discard /

function newSession({ transaction }: Query): Session {
  return {
    lasting: new Map(),
    local: new Map(),
    either: new Map(),
    hasChangedInTransaction: false,
    transaction,
  }
}

function describe({ lasting, local, either }: Session): string {
  if (lasting.size + local.size + either.size === 0) return ''
  // A setting of the transaction hides one of the session.
  return JSON.stringify([...new Map([...lasting, ...local, ...either])].sort())
}

function apply(session: Session, query: Query, text: string, index: number): void {
  if (/^(commit|end|abort|prepare transaction)\b/.test(text) || /^rollback(?!.* to )/.test(text)) {
    endTransaction(session, /^(rollback|abort)/.test(text), index)
  } else if (/^(begin|start)\b/.test(text)) {
    if (OWN_SNAPSHOT.test(text)) session.local.set('transaction', `${index}`)
  } else if (/^(reset|discard) all\b/.test(text)) {
    session.lasting = new Map([['all', text]])
  } else if (/\bset_config\(/.test(text)) {
    const values = valuesOf(query, text, index)
    session.either.set(`${text} ${values[0]}`, values.join(' '))
  } else {
    const [, scope, name = ''] = SET.exec(text) ?? []
    if (HARMLESS.test(name) || name === '') return
    const isLocal = scope === 'local' || name === 'transaction'
    const isSnapshot = name === 'transaction' && OWN_SNAPSHOT.test(text)
    const value = isSnapshot ? `${index}` : `${text} ${valuesOf(query, text, index).join(' ')}`
    ;(isLocal ? session.local : session.lasting).set(name, value)
    if (!isLocal) session.hasChangedInTransaction = true
  }
}

const SET =
  /^(?:re)?set (?:(session|local) )?(authorization|role|time zone|transaction|characteristics|[\p{L}\w."$]+)/u
/** Each transaction of these sees the tables as they were at its beginning. */
const OWN_SNAPSHOT = /\b(repeatable read|serializable|snapshot)\b/
/** These settings decide how a statement runs and how it is named, but not its result. */
const HARMLESS =
  /timeout|^(application_name|client_min_messages|client_encoding|names|constraints|jit.*|enable_.*|.*_cost|.*work_mem|synchronous_commit|max_parallel.*)$/

/** A transaction that is rolled back takes back what was set in it; whatever was set before, it is another state. */
function endTransaction(session: Session, isRolledBack: boolean, index: number): void {
  if (isRolledBack && session.hasChangedInTransaction) session.lasting.set('rolled back', `${index}`)
  for (const [name, value] of session.either) session.lasting.set(name, `after ${value}`)
  session.local.clear()
  session.either.clear()
  session.hasChangedInTransaction = false
}

/** Names of the values, equal for equal ones; a value that is not known is equal to no other. */
function valuesOf({ valueHashes, sql, params }: Query, text: string, index: number): string[] {
  const values = valueHashes ?? statementValues(sql, params)
  const isKnown = values.length > 0 && values.every((value) => value !== undefined)
  return isKnown || !text.includes('?') ? values.map((value) => JSON.stringify(value)) : [`unknown ${index}`]
}
