// Runs one of the projects as a user would: in its own folder, by the runner's own command, with the packed pg-loupe. Returns
// the output of the runner and the files of the reporter.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../../src/types/finding.ts'
import type { Report } from '../../src/types/report.ts'
import type { Trace } from '../../src/types/trace.ts'

export interface Project {
  /** A folder of `projects/`. */
  project: string
  command: readonly string[]
  /** The folder whose `node_modules` is used. Default: the folder of this file. */
  modules?: string
  env?: Readonly<Record<string, string>>
}

export interface ProjectRun {
  code: number
  /** The printed output without colours. It contains times of the runner. */
  output: string
  report: Report | undefined
  traces: readonly Trace[]
}

/** Creates `home/<project>` and returns its path. */
export function prepare({ project, modules = '.' }: Project, home: string): string {
  const base = join(home, modules === '.' ? '' : modules)
  const folder = join(base, project)
  mkdirSync(base, { recursive: true })
  for (const [at, from] of [
    [home, '.'],
    [base, modules],
  ] as const) {
    const link = join(at, 'node_modules')
    if (!existsSync(link)) symlinkSync(join(import.meta.dirname, from, 'node_modules'), link, 'dir')
  }
  rmSync(folder, { recursive: true, force: true })
  cpSync(join(import.meta.dirname, 'projects', project), folder, { recursive: true })
  cpSync(join(import.meta.dirname, 'app'), join(folder, 'src'), { recursive: true })
  return folder
}

export async function runProject(
  { command: [name = '', ...args], env: own }: Project,
  folder: string,
  databaseUrl: string,
  { options = {}, env: more = {} }: { options?: object; env?: Record<string, string> } = {},
): Promise<ProjectRun> {
  const written = { report: join(folder, 'out/report.json'), traces: join(folder, 'out/traces.ndjson') }
  rmSync(join(folder, 'out'), { recursive: true, force: true })
  const all = { outputs: { json: 'out/report.json', traces: 'out/traces.ndjson' }, ...options }
  const env = {
    ...strangersEnvironment(),
    DATABASE_URL: databaseUrl,
    PG_LOUPE_RUN: JSON.stringify(all),
    ...own,
    ...more,
  }
  const program = name === 'node' ? [] : [join(folder, '../node_modules', name)]
  return await new Promise((resolve) => {
    execFile(process.execPath, [...program, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? 1) : 0
      resolve({
        code,
        output: `${stdout}\n${stderr}`,
        report: readReport(written.report),
        traces: readTraces(written.traces),
      })
    })
  })
}

/** Parts that differ between two runs are removed. */
export function findingsOf({ report }: ProjectRun): readonly Finding[] {
  return report?.findings ?? []
}

function readReport(file: string): Report | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function readTraces(file: string): Trace[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n').filter(Boolean)
  // The last entry says what was left out.
  return lines.map((line) => JSON.parse(line)).filter((line) => 'queries' in line)
}

/** The environment of a developer's shell, without the variables of the present runner. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const names = /^(?:NODE_ENV|NODE_OPTIONS|FORCE_COLOR|VITEST.*|JEST.*|TEST|PROD|DEV|MODE|BASE_URL|SSR)$/
  const kept = Object.entries(process.env).filter(
    ([name]) => !names.test(name) && !name.startsWith('PG_LOUPE_'),
  )
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}
