// The connection of this process to the panel. The application never waits for it: it is made outside of the application's
// asynchronous contexts, keeps no process alive, and takes messages without an answer. It comes back by itself when the panel
// was restarted, and whatever the panel does or fails to do costs dropped messages, which are counted.
import { Socket, type TcpSocketConnectOpts } from 'node:net'
import { outsideContext } from '../../host/outside-context.ts'
import { clearTimeout, now, setImmediate, setTimeout, type Timer } from '../../host/real-time.ts'
import { cutLines } from '../cut-lines.ts'
import { type HelloMessage, LONGEST_REQUEST_BYTES, type PanelMessage, type PlanMessage } from '../messages.ts'
import type { PanelAddress } from '../panel-address.ts'
import { readAnswer, upgradeRequest } from './handshake.ts'
import { lineWriter } from './line-writer.ts'
import type { OutgoingMessage } from './message-text.ts'
import { lookupUnpatched, unpatchedConnect } from './own-socket.ts'
import { readPanelMessage } from './read-panel-message.ts'
import { waitingMessages } from './waiting-messages.ts'

export interface ConnectionSettings {
  /** Asked before each attempt, because a panel that was restarted has another token. Undefined while no panel runs. */
  findPanel: () => PanelAddress | undefined
  hello: () => HelloMessage
  /** Receives what the panel asks for. `answer` may be called once, whenever the answer is known. */
  onMessage: (message: PanelMessage, answer: (plan: PlanMessage) => void) => void
  /** The panel answered with this status of HTTP instead of taking the connection. */
  onRefused: (status: number | undefined, address: PanelAddress) => void
  countError: (error: unknown) => void
  /** Paths below it are sent relative to it. */
  folder: string
  timings?: Partial<typeof TIMINGS>
}

export interface PanelConnection {
  /** The panel, while it takes messages. */
  readonly connectedTo: PanelAddress | undefined
  send(message: OutgoingMessage): void
  /** Says hello again, because something about this process has changed. */
  sayHello(): void
  /** Sends what waits, synchronously and within a fixed time, because the process ends. */
  flush(): void
  close(): void
}

const TIMINGS = {
  /** A panel on this machine accepts within a millisecond. An attempt keeps the process alive until it succeeds or is given up. */
  connectMs: 1000,
  /** From the connection to the panel's answer. */
  answerMs: 5000,
  /** A panel that took nothing for so long hangs. Until then the bytes under way keep the process alive. */
  stallMs: 2000,
  /** Waits between two attempts, from the shortest one to the longest one. */
  retryMs: 100,
  longestRetryMs: 2000,
  /** The application waits no longer than this for us at a time. */
  sliceMs: 2,
  /** The end of the process is delayed by no more than this. */
  exitMs: 50,
}

export function connectToPanel(settings: ConnectionSettings): PanelConnection {
  const { findPanel, hello, onMessage, onRefused, countError, folder } = settings
  const timings = { ...TIMINGS, ...settings.timings }
  const waiting = waitingMessages()
  const writer = lineWriter({ waiting, folder, fail: countError })
  let socket: Socket | undefined
  /** The panel, once it has accepted. */
  let panel: PanelAddress | undefined
  let retryMs = timings.retryMs
  let timer: Timer | undefined
  let isWaking = false
  let isClosed = false

  /** No error of ours reaches the event loop. */
  const guarded =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args) => {
      try {
        act(...args)
      } catch (error) {
        countError(error)
        if (socket) socket.destroy()
        else tryLater()
      }
    }

  const startTimer = (act: () => void, ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(guarded(act), ms).unref()
  }

  const connect = () => {
    const address = findPanel()
    if (!address) return tryLater()
    const attempt = new Socket()
    socket = attempt
    attempt.unref()
    attempt.setNoDelay(true)
    attempt.on('error', () => {})
    attempt.on(
      'close',
      guarded(() => disconnected(attempt)),
    )
    attempt.on(
      'connect',
      guarded(() => {
        startTimer(() => attempt.destroy(), timings.answerMs)
        attempt.write(upgradeRequest(address))
      }),
    )
    attempt.on('data', guarded(readData(attempt, address)))
    startTimer(() => attempt.destroy(), timings.connectMs)
    const { host, port } = address
    const options: TcpSocketConnectOpts = { host, port, lookup: lookupUnpatched }
    unpatchedConnect(attempt, options)
  }

  const readData = (attempt: Socket, address: PanelAddress) => {
    const answer = readAnswer()
    const readLines = cutLines(
      {
        line: (line) => received(attempt, line),
        skipped: () => broken(attempt, 'a line that is too long'),
      },
      LONGEST_REQUEST_BYTES,
    )
    let isAccepted = false
    return (bytes: Buffer) => {
      if (isAccepted) return readLines(bytes)
      const read = answer(bytes)
      if (read?.isAccepted) {
        isAccepted = true
        accepted(attempt, address)
        if (read.rest.length > 0) readLines(read.rest)
      } else if (read) {
        onRefused(read.status, address)
        attempt.destroy()
      }
    }
  }

  const accepted = (attempt: Socket, address: PanelAddress) => {
    clearTimeout(timer)
    retryMs = timings.retryMs
    panel = address
    attempt.write(`${JSON.stringify(hello())}\n`)
    wake()
  }

  const received = (attempt: Socket, line: Buffer) => {
    const message = readPanelMessage(line)
    if (!message) return broken(attempt, 'a line that is no message')
    // An answer to a panel that is gone would reach another question of the next one.
    onMessage(message, (plan) => attempt === socket && panel && send(plan))
  }

  const broken = (attempt: Socket, what: string) => {
    attempt.destroy()
    countError(new Error(`the panel has sent ${what}`))
  }

  const disconnected = (attempt: Socket) => {
    if (attempt !== socket) return
    socket = undefined
    panel = undefined
    writer.interrupt()
    waiting.forgetAnswers()
    tryLater()
  }

  const tryLater = () => {
    if (isClosed) return
    startTimer(connect, retryMs)
    retryMs = Math.min(retryMs * 2, timings.longestRetryMs)
  }

  const wake = () => {
    if (isWaking || !panel) return
    isWaking = true
    outsideContext(() => setImmediate(guarded(work)))
  }

  /** Hands lines to the socket until it takes no more or time is up. */
  const work = () => {
    isWaking = false
    if (!socket || !panel || socket.writableLength > 0) return
    if (write(socket, now() + timings.sliceMs) && writer.hasMore) wake()
  }

  /** False when the socket did not take everything at once. Its last write then continues later. */
  const write = (to: Socket, untilMs: number): boolean => {
    for (let chunk = writer.next(untilMs); chunk; chunk = writer.next(untilMs)) {
      to.write(
        chunk,
        guarded(() => taken(to)),
      )
      if (to.writableLength === 0) continue
      startTimer(() => to.destroy(), timings.stallMs)
      return false
    }
    return true
  }

  const taken = (to: Socket) => {
    if (to !== socket || to.destroyed || to.writableLength > 0) return
    clearTimeout(timer)
    wake()
  }

  const send = (message: OutgoingMessage) => {
    waiting.add(message)
    wake()
  }

  outsideContext(guarded(connect))
  return {
    get connectedTo() {
      return panel
    },
    send,
    sayHello() {
      if (panel) socket?.write(`${JSON.stringify(hello())}\n`)
    },
    flush() {
      if (!socket || !panel || socket.writableLength > 0) return
      if (write(socket, now() + timings.exitMs) && writer.hasMore) wake()
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      socket?.destroy()
    },
  }
}
