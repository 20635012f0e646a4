// What one connection tells about its queries: the bytes that came back, and the transaction they ran in. The server says
// with each ReadyForQuery whether a transaction is open, so statements need not be understood. Where there is no protocol
// to listen to (`pg.native`), the names of the commands must do, and bytes are not known.
import { beginRoot } from '../../src/trace/async-roots.ts'
import type { QueryRecording } from '../../src/trace/query-recording.ts'
import { type ClientInside, type Message, waitingQueries } from './client-like.ts'
import type { Guard } from './guard.ts'

/** One recorded query on its way over the connection. */
export class Flight {
  readonly recording: QueryRecording
  readonly sql: string
  /** The comment that goes after the statement. */
  readonly comment: string | undefined
  /** Of the connection, when the query left. */
  bytesBefore = 0
  /** Counted message by message, where several queries share what the socket brings. */
  bytes = 0
  isInTransaction = false
  hasFailed = false
  /** Nobody asks for its bytes and transaction. */
  readonly isCounted: boolean

  constructor(recording: QueryRecording, sql: string, comment?: string) {
    this.isCounted = recording.isCounted
    this.recording = recording
    this.sql = sql
    this.comment = comment
  }
}

export interface ConnectionFacts {
  /** The query leaves now. */
  departed(flight: Flight): void
  /** pg has queued the query that it was just handed: in a pipeline, messages are told apart by it. */
  queued(flight: Flight): void
  /** The query has succeeded; `command` is the name in its command tag, `commands` are those of several. */
  landed(flight: Flight, command: Command, commands?: readonly Command[]): void
  failed(flight: Flight): void
  /** A query leaves that nobody records. */
  departedUnseen(): void
  undo(): void
}

/** As in a result of pg. */
export type Command = string | null | undefined

const NO_TRANSACTION = 'I'
const NOTIFICATION = 'notification'
/** All that is sent in answer to a query. */
const ANSWERS = [
  'parseComplete',
  'bindComplete',
  'rowDescription',
  'noData',
  'dataRow',
  'commandComplete',
  'emptyQuery',
  'errorMessage',
]
const TYPE_BYTE = 1

export function followConnection(client: ClientInside, guard: Guard): ConnectionFacts {
  const wire = typeof client.connection?.prependListener === 'function' ? client.connection : undefined
  const isPipeline = client.pipeline === true
  const flights = new WeakMap<object, Flight>()
  let transaction: object | undefined = isOpen(client._txStatus) ? {} : undefined
  let current: Flight | undefined

  /** In a pipeline pg tells whose answer it is; when a query has failed it has forgotten, and it is still the same. */
  const answered = () => (client._activeQuery && flights.get(client._activeQuery)) || current
  const bytesRead = () => client.connection?.stream?.bytesRead ?? 0
  const countBytes = (flight: Flight) => {
    if (wire) flight.recording.received(isPipeline ? flight.bytes : bytesRead() - flight.bytesBefore)
  }

  const hearAnswer = (message?: Message) => {
    current = answered()
    if (current) current.bytes += (message?.length ?? 0) + TYPE_BYTE
  }
  const hearReady = (message?: Message) => {
    if (isPipeline) hearAnswer(message)
    const flight = current
    const before = transaction
    if (!isOpen(message?.status)) transaction = undefined
    else transaction ??= {}
    if (!flight) return
    current = undefined
    const own = before ?? transaction
    flight.isInTransaction = own !== undefined
    if (own) flight.recording.inTransaction(own)
    if (!flight.hasFailed && !flight.isCounted) countBytes(flight)
  }
  const onReady = (message?: Message) => guard(hearReady, message)
  const onAnswer = (message?: Message) => guard(hearAnswer, message)
  if (isPipeline) for (const name of ANSWERS) wire?.prependListener(name, onAnswer)

  /** Later versions of pg can be asked, and need not be listened to while nobody wants to know. */
  const canBeAsked = client._txStatus !== undefined && !isPipeline
  let isListening = false
  const listen = () => {
    if (isListening) return
    isListening = true
    if (canBeAsked) transaction = isOpen(client._txStatus) ? {} : undefined
    wire?.prependListener('readyForQuery', onReady)
  }
  const rest = () => {
    if (!isListening || !canBeAsked || transaction) return
    isListening = false
    wire?.removeListener('readyForQuery', onReady)
  }
  if (!canBeAsked) listen()
  // Several may come at once, and the work on each is a unit of its own.
  wire?.prependListener(NOTIFICATION, beginRoot)

  return {
    departed(flight) {
      listen()
      flight.recording.sent(client)
      if (isPipeline) return
      if (transaction) flight.recording.inTransaction(transaction)
      if (!flight.isCounted) flight.bytesBefore = bytesRead()
      current = flight
    },
    queued(flight) {
      if (!isPipeline) return
      const query = waitingQueries(client).at(-1) ?? client._sentQueryQueue?.at(-1) ?? client._activeQuery
      if (query && !flights.has(query)) flights.set(query, flight)
    },
    landed(flight, command, others) {
      if (!others && !mayBeBoundary(command)) return
      const commands = others ?? [command]
      if (!commands.some((command) => command && BOUNDARIES.has(command))) return
      if (wire) {
        const began = commands.some(isBeginning)
        if (transaction) transaction = endsWithin(commands, flight.sql) ? {} : transaction
        else if (began && !flight.isInTransaction) flight.recording.inTransaction({})
        return
      }
      for (const command of commands) {
        if (isBeginning(command)) transaction ??= {}
        if (transaction) flight.recording.inTransaction(transaction)
        if (isEnd(command) && !TO_SAVEPOINT.test(flight.sql)) {
          transaction = AND_CHAIN.test(flight.sql) ? {} : undefined
        }
      }
    },
    // Its bytes are not told: how many came with the error and how many later is a matter of luck.
    failed(flight) {
      flight.hasFailed = true
    },
    departedUnseen() {
      current = undefined
      rest()
    },
    undo() {
      wire?.removeListener('readyForQuery', onReady)
      wire?.removeListener(NOTIFICATION, beginRoot)
      for (const name of ANSWERS) wire?.removeListener(name, onAnswer)
    },
  }
}

/** Names of commands that begin or end a transaction. */
const BOUNDARIES = new Set(['BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'PREPARE'])

/** Told by the first letters: the name is a new string for each query, and looking it up would read all of it. */
function mayBeBoundary(command: Command): boolean {
  if (!command) return false
  const first = command.charCodeAt(0)
  return first !== LETTER_S || command.charCodeAt(1) === LETTER_T ? BOUNDARIES.has(command) : false
}

const LETTER_S = 83
const LETTER_T = 84

const TO_SAVEPOINT = /\brollback\s+(?:(?:work|transaction)\s+)?to\b/i
const AND_CHAIN = /\band\s+chain\b/i

function isOpen(status: string | null | undefined): boolean {
  return Boolean(status) && status !== NO_TRANSACTION
}

function isBeginning(command: Command): boolean {
  return command === 'BEGIN' || command === 'START'
}

function isEnd(command: Command): boolean {
  return command === 'COMMIT' || command === 'ROLLBACK' || command === 'PREPARE'
}

/** A transaction was open before and one is open now; they are two when one ended in between. */
function endsWithin(commands: readonly Command[], sql: string): boolean {
  const end = commands.findIndex(isEnd)
  if (end < 0) return false
  if (commands[end] === 'COMMIT' || AND_CHAIN.test(sql)) return true
  return commands.slice(end + 1).some(isBeginning)
}
