// Runs the command as it is built, from a folder of the caller's.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { strangerEnvironment } from '../stranger-environment.ts'

export const builtCommand = join(import.meta.dirname, '../../dist/src/cli/main.js')

/** On a busy machine any query may be slow. */
export const NOT_SLOW = ['--set', 'slow-query=false']

export interface Ran {
  stdout: string
  stderr: string
  code: number | null
}

export interface Surroundings {
  cwd?: string
  env?: NodeJS.ProcessEnv
  input?: string | Buffer
  /** Standard input is not ended after that. */
  isOpen?: boolean
  /** Told of the process when it has started. */
  started?: (child: ChildProcess) => void
}

export async function runBuilt(
  args: readonly string[],
  { cwd, env, input = '', isOpen = false, started }: Surroundings = {},
): Promise<Ran & { signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [builtCommand, ...args], {
    cwd,
    env: { ...strangerEnvironment(), ...env },
  })
  child.stdin.on('error', () => {})
  if (isOpen) child.stdin.write(input)
  else child.stdin.end(input)
  started?.(child)
  const closed = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (code, signal) => resolve([code, signal])),
  )
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { stdout, stderr, code, signal }
}
