// Turns waiting messages into bytes for the socket, a little at a time between the application's own work. A line is made as a
// whole before its first byte is sent, because a line that turns out too long can then still be dropped.
import { now } from '../../host/real-time.ts'
import { LONGEST_MESSAGE_BYTES } from '../messages.ts'
import { messageText, type OutgoingMessage } from './message-text.ts'
import type { WaitingMessages } from './waiting-messages.ts'

/** Text that is turned into bytes, and handed to the socket, at once. */
const CHUNK_LENGTH = 64 * 1024

interface Line {
  message: OutgoingMessage
  rest: Iterator<string>
  pieces: string[]
  /** Characters of the pieces. */
  length: number
  chunks: Buffer[]
  bytes: number
  isComplete: boolean
  /** The socket has the first bytes. */
  isBegun: boolean
}

export interface LineWriter {
  /** The next bytes to send. Undefined when time is up, or when nothing waits. */
  next(untilMs: number): Buffer | undefined
  /** False when `next` has nothing to return, however long it takes. */
  readonly hasMore: boolean
  /** The connection has ended. A line of which a part was sent is lost. Other lines begin again on the next connection. */
  interrupt(): void
}

export interface LineWriterSettings {
  waiting: WaitingMessages
  /** Paths below it are written relative to it. */
  folder: string
  /** A message could not be written. */
  fail: (error: unknown) => void
}

export function lineWriter({ waiting, folder, fail }: LineWriterSettings): LineWriter {
  let line: Line | undefined
  let hasMore = true

  const begin = (): Line | undefined => {
    const message = waiting.take()
    if (!message) return undefined
    const rest = messageText(message, folder)
    return { message, rest, pieces: [], length: 0, chunks: [], bytes: 0, isComplete: false, isBegun: false }
  }
  const drop = (lost: Line) => {
    waiting.lost(lost.message)
    line = undefined
  }

  return {
    next(untilMs) {
      hasMore = true
      while (now() < untilMs) {
        line ??= begin()
        if (!line) {
          hasMore = false
          return undefined
        }
        try {
          if (!line.isComplete) advance(line)
        } catch (error) {
          fail(error)
          drop(line)
          continue
        }
        if (line.bytes > LONGEST_MESSAGE_BYTES) drop(line)
        else if (line.isComplete) {
          const chunk = line.chunks.shift()
          line.isBegun = true
          if (line.chunks.length === 0) line = undefined
          return chunk
        }
      }
      return undefined
    },
    get hasMore() {
      return hasMore
    },
    interrupt() {
      hasMore = true
      if (line?.isBegun || line?.message.type === 'plan') drop(line)
    },
  }
}

/** Makes the next piece of the line. */
function advance(line: Line): void {
  const { done, value } = line.rest.next()
  if (!done) {
    line.pieces.push(value)
    line.length += value.length
  }
  if (!done && line.length < CHUNK_LENGTH) return
  const chunk = Buffer.from(line.pieces.join(''))
  line.pieces = []
  line.length = 0
  line.bytes += chunk.length
  if (chunk.length > 0) line.chunks.push(chunk)
  line.isComplete = done === true
}
