// Runs a command with every Node.js process under it observed, until it ends by itself or has been observed long enough, and
// returns what its processes left. A test run ends by itself; a server is ended by SIGTERM.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ProcessFacts, readFacts } from '../../collect/process-facts.ts'
import { now, setTimeout } from '../../host/real-time.ts'
import { plural } from '../../text/plural.ts'
import { observedEnvironment } from '../profiled-environment.ts'
import { runProgram } from '../run-program.ts'
import { tell } from '../tell.ts'

export interface ObserveOptions {
  /** Counted from when a process uses pg or listens; without it, a test run is not ended. */
  seconds: number | undefined
  /** Sent with GET, as soon as a server answers. */
  requests: readonly URL[]
}

export interface Observed {
  processes: ProcessFacts[]
  /** How the command ended, a sentence. */
  ended: string
}

const DEFAULT_SECONDS = 10
/** A program that has not come so far by then is observed as it is. */
const LONGEST_START_MS = 60_000
const LOOKS_EACH_MS = 200
/** A process that ends neither by SIGTERM nor by itself is killed after this time. */
const GRACE_MS = 5_000
/** The process continues for this time, so that work that a request has left behind is seen. */
const AFTER_REQUESTS_MS = 1_000
const REQUEST_MS = 10_000

/** Undefined when the command could not be started, which has been told. */
export async function observeCommand(
  words: readonly string[],
  { seconds, requests }: ObserveOptions,
): Promise<Observed | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-doctor-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  let isOver = false
  let stopping: Promise<string> | undefined

  const { status, ran } = await runProgram(words, observedEnvironment(folder), {
    // The diagnosis has standard output to itself.
    stdout: process.stderr.fd,
    started(child) {
      child.once('exit', () => {
        isOver = true
      })
      stopping = stopInTime(child)
    },
  })
  isOver = true
  if (!ran) return undefined
  const ended = (await stopping) || `The command ended by itself with exit code ${status}.`
  return { processes: readFacts(folder), ended }

  /** Resolves with how it was stopped, or with nothing when it ended by itself. */
  async function stopInTime(child: ChildProcess): Promise<string> {
    if (!(await isUp())) return ''
    const limitMs = 1_000 * (seconds ?? DEFAULT_SECONDS)
    const startMs = now()
    if (requests.length === 0 && !isTestRun()) {
      tell(`observing for ${plural(limitMs / 1_000, 'second')}: use the application meanwhile`)
    }
    if (requests.length > 0) {
      await Promise.all(requests.map((url) => ask(url, () => isOver || now() - startMs > limitMs)))
      if (seconds === undefined) await until(() => isOver, AFTER_REQUESTS_MS)
    }
    if (requests.length === 0 || seconds !== undefined) {
      await until(() => isOver || (now() - startMs > limitMs && !(seconds === undefined && isTestRun())))
    }
    return isOver ? '' : await stop(child, Math.round((now() - startMs) / 1_000))
  }

  /** Whether it came so far before it ended. */
  async function isUp(): Promise<boolean> {
    const isReady = () =>
      readFacts(folder).some(
        ({ isRunner, setup }) =>
          isRunner || setup.isServer || setup.drivers.length + setup.profilers.length > 0,
      )
    await until(() => isOver || isReady(), LONGEST_START_MS)
    return !isOver
  }

  function isTestRun(): boolean {
    return readFacts(folder).some(({ isRunner }) => isRunner)
  }

  /** Programs between this process and the observed ones (shells, npm) do not always pass a signal on. */
  async function stop(child: ChildProcess, afterSeconds: number): Promise<string> {
    child.kill('SIGTERM')
    const pids = () => [...new Set(readFacts(folder).map(({ pid }) => pid))].filter(isAlive)
    const isEnded = () => isOver && pids().length === 0
    await until(isEnded, GRACE_MS / 2)
    if (!isEnded()) for (const pid of pids()) kill(pid, 'SIGTERM')
    await until(isEnded, GRACE_MS / 2)
    const how = isEnded() ? 'ended by SIGTERM' : 'killed, because it did not end by SIGTERM'
    if (!isEnded()) {
      for (const pid of pids()) kill(pid, 'SIGKILL')
      child.kill('SIGKILL')
    }
    return `The command was observed for ${plural(afterSeconds, 'second')} and then ${how}.`
  }
}

/** Tries again until somebody listens. */
async function ask(url: URL, isTooLate: () => boolean): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_MS) })
      await response.arrayBuffer()
      tell(`GET ${url.pathname}: status ${response.status}`)
      return
    } catch (error) {
      if (isTooLate()) {
        tell(`GET ${url.pathname}: ${(error as Error).message}`)
        return
      }
      await pause(LOOKS_EACH_MS)
    }
  }
}

async function until(isDone: () => boolean, mostMs = Number.POSITIVE_INFINITY): Promise<void> {
  const startMs = now()
  while (!isDone() && now() - startMs < mostMs) await pause(LOOKS_EACH_MS)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}

function isAlive(pid: number): boolean {
  return kill(pid, 0)
}

/** False when there is no such process any more. */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
