// Runs a program as a shell would: with this process's input and output, its signals, and an exit status that says how it
// ended.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { KILLED, NOT_EXECUTABLE, NOT_FOUND } from './exit-codes.ts'
import { tell } from './tell.ts'

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

export interface Ended {
  /** As a shell reports it. */
  status: number
  /** False when there was nothing to start, which has been told. */
  ran: boolean
}

interface Running {
  /** Told of the process once it has started. */
  started?: (child: ChildProcess) => void
  /** The target of the standard output. Default: that of this process. */
  stdout?: 'inherit' | number
}

/** Once it has resolved, a signal ends this process. */
export function runProgram(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  { started, stdout = 'inherit' }: Running = {},
): Promise<Ended> {
  const [program = '', ...args] = words
  return new Promise((resolve) => {
    // Only a shell finds npm and npx on Windows, where they are scripts.
    const stdio: StdioOptions = ['inherit', stdout, 'inherit']
    const child = spawn(program, args, { stdio, env, shell: process.platform === 'win32' })
    started?.(child)
    let isRunning = true
    for (const signal of PASSED_ON) {
      process.on(signal, () => {
        if (!isRunning) process.exit(KILLED + constants.signals[signal])
        if (!comesFromTerminal(signal)) child.kill(signal)
      })
    }
    const finish = (status: number, ran = true) => {
      isRunning = false
      resolve({ status, ran })
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      tell(`${program} could not be started: ${reasonOf(error)}`)
      finish(error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE, false)
    })
    child.once('exit', (code, signal) => finish(code ?? KILLED + constants.signals[signal ?? 'SIGKILL']))
  })
}

/** Ctrl-C goes to all processes of a terminal; a second one means something else to many of them. */
function comesFromTerminal(signal: NodeJS.Signals): boolean {
  return (signal === 'SIGINT' || signal === 'SIGQUIT') && process.stdin.isTTY === true
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such command'
  if (code === 'EACCES') return 'it is not executable'
  return message
}
