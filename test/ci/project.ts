// The small application in a folder of its own, as a CI system would have checked it out, and a shell to run steps in.
import { spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { builtCommand } from '../cli/built-command.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = join(import.meta.dirname, '../..')

export interface Project {
  folder: string
  read(file: string): string
  edit(file: string, from: string, to: string): void
  /** Runs a script as a step does: it ends at the first command that fails. */
  shell(script: string, env?: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }>
}

export function makeProject(databaseUrl: string): Project {
  const folder = temporaryFolder()
  cpSync(join(import.meta.dirname, 'app'), folder, { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const bin = join(folder, '.bin')
  mkdirSync(bin)
  // npx runs the package that is installed in the project.
  addProgram(bin, 'npx', `shift; exec "${process.execPath}" "${builtCommand}" "$@"`)
  addProgram(bin, 'gh', 'while [ "$1" != --body-file ]; do shift; done; cp "$2" "$COMMENT"')
  return {
    folder,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    edit(file, from, to) {
      const before = readFileSync(join(folder, file), 'utf8')
      if (!before.includes(from)) throw new Error(`${file} does not hold ${from}`)
      writeFileSync(join(folder, file), before.replace(from, to))
    },
    async shell(script, env = {}) {
      const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
        cwd: folder,
        env: {
          PATH: [bin, process.env.PATH].join(delimiter),
          HOME: process.env.HOME,
          COMMENT: join(folder, 'posted.md'),
          ...env,
          DATABASE_URL: databaseUrl,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
      const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
      return { code, output: stdout + stderr }
    },
  }
}

function addProgram(bin: string, name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, name), 0o755)
}
