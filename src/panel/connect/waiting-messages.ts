// Messages that wait until the panel takes them, oldest first, limited by their estimated size. The oldest traces make room for
// newer ones and are counted, so that a panel that is slow or gone costs the application a fixed amount of memory.
import { type OutgoingMessage, weightOf } from './message-text.ts'

export interface WaitingMessages {
  add(message: OutgoingMessage): void
  /** The next message, removed. When traces were dropped before it, the next message says how many. */
  take(): OutgoingMessage | undefined
  /** A message was taken and could not be sent. */
  lost(message: OutgoingMessage): void
  /** Removes answers, because the panel that asked is gone. */
  forgetAnswers(): void
}

/** Bytes of waiting messages: several times the largest trace that is kept by default. A single larger one may still wait. */
const MOST_BYTES = 16 * 1024 * 1024

export function waitingMessages(mostBytes = MOST_BYTES): WaitingMessages {
  let waiting: { message: OutgoingMessage; bytes: number }[] = []
  let totalBytes = 0
  let dropped = 0

  const remove = (): OutgoingMessage | undefined => {
    const oldest = waiting.shift()
    totalBytes -= oldest?.bytes ?? 0
    return oldest?.message
  }
  const countLost = (message: OutgoingMessage | undefined) => {
    if (message?.type === 'trace' || message?.type === 'counted') dropped++
    // The panel was not told this number, so it is told with the next one.
    else if (message?.type === 'dropped') dropped += message.traces
  }

  return {
    add(message) {
      const bytes = weightOf(message)
      waiting.push({ message, bytes })
      totalBytes += bytes
      while (totalBytes > mostBytes && waiting.length > 1) countLost(remove())
    },
    take() {
      if (dropped === 0) return remove()
      const traces = dropped
      dropped = 0
      return { type: 'dropped', traces }
    },
    lost: countLost,
    forgetAnswers() {
      waiting = waiting.filter(({ message }) => message.type !== 'plan')
      totalBytes = waiting.reduce((sum, { bytes }) => sum + bytes, 0)
    },
  }
}
