// Runs the command as it is built, in the project's folder: from its sources each start would take seconds on a busy machine.
import { join } from 'node:path'
import { type Ran, runBuilt } from './built-command.ts'

const root = join(import.meta.dirname, '../..')

export async function runCommand(args: readonly string[], input = '', cwd = root): Promise<Ran> {
  const { stdout, stderr, code } = await runBuilt(args, { input, cwd })
  return { stdout, stderr, code }
}
