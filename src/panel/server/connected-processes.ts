// The open connections to processes: what is sent to them, and their answers. A process takes what it is sent when it can; one
// that does not read is disconnected instead of being waited for.
import type { Duplex } from 'node:stream'
import { clearTimeout, setTimeout, type Timer } from '../../host/real-time.ts'
import type { PanelMessage, PanelProcess, PlanMessage } from '../messages.ts'
import { PanelError } from '../panel-api.ts'

/** Requests for full capture and for plans are short. Only a process that does not read lets so much wait. */
const MOST_WAITING_BYTES = 1024 * 1024
/** The process itself limits its statement to a shorter time. */
const PLAN_TIMEOUT_MS = 15_000
/** People ask for one plan at a time. */
const MOST_OPEN_PLANS = 20

interface OpenPlan {
  process: string
  done: (answer: Pick<PlanMessage, 'plan' | 'error'>) => void
}

export class ConnectedProcesses {
  readonly #connections = new Map<string, { process: PanelProcess; socket: Duplex }>()
  readonly #plans = new Map<number, OpenPlan>()
  #lastNumber = 0

  /** A process that connects again has lost its former connection. A second greeting on one connection brings news. */
  add(process: PanelProcess, socket: Duplex): void {
    const former = this.#connections.get(process.id)
    if (former && former.socket !== socket) former.socket.destroy()
    this.#connections.set(process.id, { process, socket })
  }

  /** Returns false when the process has another connection by now. */
  remove(id: string, socket: Duplex): boolean {
    if (this.#connections.get(id)?.socket !== socket) return false
    this.#connections.delete(id)
    for (const { process, done } of this.#plans.values())
      if (process === id) done({ error: 'The process ended before it answered. Ask again when it is back.' })
    return true
  }

  /** Returns the number of processes that were asked. */
  capture(route: string | undefined, traces: number): number {
    for (const { socket } of this.#connections.values())
      send(socket, { type: 'capture', ...(route === undefined ? {} : { route }), traces })
    return this.#connections.size
  }

  get explains(): boolean {
    return [...this.#connections.values()].some(({ process }) => process.explains)
  }

  /**
   * The plan as PostgreSQL returned it. The process that sent the statement is asked, or else another one of its folder.
   *
   * @throws PanelError when no process can answer, or when it refuses.
   */
  async explain(sql: string, sender: PanelProcess | undefined): Promise<unknown> {
    const connection = this.#explainer(sender)
    if (this.#plans.size >= MOST_OPEN_PLANS)
      throw new PanelError('Too many plans are being made. Ask again when they are there.')
    const { plan, error } = await this.#ask(connection, sql)
    if (plan === undefined) throw new PanelError(error ?? 'The process sent no plan.')
    return plan
  }

  answer({ number, plan, error }: PlanMessage, process: string): void {
    const open = this.#plans.get(number)
    if (open?.process === process) open.done({ plan, error })
  }

  #ask({ process, socket }: { process: PanelProcess; socket: Duplex }, sql: string) {
    const number = ++this.#lastNumber
    return new Promise<Pick<PlanMessage, 'plan' | 'error'>>((resolve) => {
      let timer: Timer | undefined
      const done: OpenPlan['done'] = (answer) => {
        clearTimeout(timer)
        this.#plans.delete(number)
        resolve(answer)
      }
      timer = setTimeout(
        () => done({ error: 'The process did not answer in time. It may be busy; ask again.' }),
        PLAN_TIMEOUT_MS,
      ).unref()
      this.#plans.set(number, { process: process.id, done })
      send(socket, { type: 'explain', number, sql })
    })
  }

  #explainer(sender: PanelProcess | undefined) {
    const connected = [...this.#connections.values()]
    const own = connected.filter(({ process }) => process.id === sender?.id)
    const beside = connected.filter(({ process }) => process.folder === sender?.folder)
    const found = [...own, ...beside].find(({ process }) => process.explains)
    if (found) return found
    throw new PanelError(
      beside.length > 0
        ? 'Plans are switched off in the application. Start it with pg-loupe dev --explain, or set PG_LOUPE_PANEL_EXPLAIN=1.'
        : 'The application is not running. Start it again, then ask for the plan.',
    )
  }
}

function send(socket: Duplex, message: PanelMessage): void {
  if (socket.writableLength > MOST_WAITING_BYTES) socket.destroy()
  else socket.write(`${JSON.stringify(message)}\n`)
}
