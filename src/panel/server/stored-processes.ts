// The processes that are or were connected. A program that is started again after it ended has been restarted, usually with
// changed code.
import type { PanelProcess } from '../messages.ts'
import type { ProcessState } from '../panel-api.ts'

/** Cluster workers and restarts of some hours of work. Those that ended first are forgotten first. */
const MOST_PROCESSES = 200

export class StoredProcesses {
  readonly #processes = new Map<string, ProcessState>()
  /** By program: the number of the newest request at its last restart. */
  readonly #restarts = new Map<string, number>()

  all(): readonly ProcessState[] {
    return [...this.#processes.values()]
  }

  get(id: string): ProcessState | undefined {
    return this.#processes.get(id)
  }

  /** Returns false when too many processes are connected. `newest` is the number of the newest request. */
  connect(process: PanelProcess, newest: number): boolean {
    const known = this.#processes.get(process.id)
    if (!known && !this.#hasRoom()) return false
    if (!known && this.#hasEnded(process)) this.#restarts.set(programOf(process), newest)
    this.#processes.set(process.id, { ...process, isConnected: true, dropped: known?.dropped ?? 0 })
    return true
  }

  disconnect(id: string): void {
    const process = this.#processes.get(id)
    if (process) process.isConnected = false
  }

  countDropped(id: string, traces: number): void {
    const process = this.#processes.get(id)
    if (process) process.dropped += traces
  }

  restartedAt(id: string | undefined): number {
    const process = id === undefined ? undefined : this.#processes.get(id)
    return (process && this.#restarts.get(programOf(process))) ?? 0
  }

  /** One process of this program that is not there any more. */
  #hasEnded(process: PanelProcess): boolean {
    const program = programOf(process)
    return this.all().some((other) => !other.isConnected && programOf(other) === program)
  }

  #hasRoom(): boolean {
    if (this.#processes.size < MOST_PROCESSES) return true
    const ended = this.all().find(({ isConnected }) => !isConnected)
    if (!ended) return false
    this.#processes.delete(ended.id)
    const program = programOf(ended)
    if (!this.all().some((other) => programOf(other) === program)) this.#restarts.delete(program)
    return true
  }
}

function programOf({ folder, program, thread }: PanelProcess): string {
  return JSON.stringify([folder, program, thread > 0])
}
