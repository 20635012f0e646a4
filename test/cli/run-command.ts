// Runs the command from its source, as a user does from the package.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const root = join(import.meta.dirname, '../..')

export interface Ran {
  stdout: string
  stderr: string
  code: number | null
}

export async function runCommand(args: readonly string[], input = '', cwd = root): Promise<Ran> {
  const command = ['--import', import.meta.resolve('tsx'), join(root, 'src/cli/main.ts'), ...args]
  const { NODE_OPTIONS: _, FORCE_COLOR: __, ...env } = process.env
  const child = spawn(process.execPath, command, { cwd, env })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { stdout, stderr, code }
}
