// Reads two facts about queries from their connection: the bytes of the answer, and the transaction. The server tells with each
// ReadyForQuery whether a transaction is open, so statements need not be understood. `pg.native` has no protocol to listen to:
// there the names of the commands tell the transaction, and bytes are not known.
import { beginRoot } from '../../src/trace/async-roots.ts'
import {
  type Command,
  CommandTransaction,
  endsWithin,
  isBeginning,
  isBoundary,
  mayBeBoundary,
} from '../../src/trace/command-transaction.ts'
import type { QueryRecording } from '../../src/trace/query-recording.ts'
import { type ClientInside, type Message, waitingQueries } from './client-like.ts'
import type { Guard } from './guard.ts'

/** One recorded query on its way over the connection. */
export class Flight {
  readonly recording: QueryRecording
  readonly sql: string
  /** The comment that is appended to the statement. */
  readonly comment: string | undefined
  /** The bytes that the connection had read when the query was sent. */
  bytesBefore = 0
  /** The bytes of the messages, counted when several queries share the data of the socket. */
  bytes = 0
  isInTransaction = false
  hasFailed = false
  /** The query is only counted: bytes and transaction are not needed. */
  readonly isCounted: boolean

  constructor(recording: QueryRecording, sql: string, comment?: string) {
    this.isCounted = recording.isCounted
    this.recording = recording
    this.sql = sql
    this.comment = comment
  }
}

export interface ConnectionFacts {
  /** The query is sent now. */
  departed(flight: Flight): void
  /** pg has queued the query. In a pipeline, messages are assigned to queries by their objects in the queue. */
  queued(flight: Flight): void
  /** The query has succeeded. `command` is the name in its command tag; `commands` are the names for several statements. */
  landed(flight: Flight, command: Command, commands?: readonly Command[]): void
  failed(flight: Flight): void
  /** A query is sent that is not recorded. */
  departedUnseen(): void
  undo(): void
}

const NO_TRANSACTION = 'I'
const NOTIFICATION = 'notification'
/** The messages that answer a query. */
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
  const native = new CommandTransaction()

  /** In a pipeline pg knows the query of an answer. After a query has failed pg has none, and it is still the same query. */
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

  /** Later versions of pg can be asked for the transaction, so messages are only listened to while a query is recorded. */
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
  // Several notifications may arrive at once, and the work on each is a unit of its own.
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
      if (!commands.some(isBoundary)) return
      if (wire) {
        const began = commands.some(isBeginning)
        if (transaction) transaction = endsWithin(commands, flight.sql) ? {} : transaction
        else if (began && !flight.isInTransaction) flight.recording.inTransaction({})
        return
      }
      for (const command of commands) {
        const own = native.after(command, flight.sql)
        if (own) flight.recording.inTransaction(own)
      }
      transaction = native.current
    },
    // The bytes of a failed query are not recorded, because the rest of the answer may arrive later than the error.
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

function isOpen(status: string | null | undefined): boolean {
  return Boolean(status) && status !== NO_TRANSACTION
}
