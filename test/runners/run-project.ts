// Runs one of the projects as a stranger would: in a folder of its own, by the runner's own command, with the packed
// pg-loupe. Whatever the runner said and the reporter wrote comes back.
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
  /** Whose `node_modules` it uses; default: those of this folder. */
  modules?: string
  env?: Readonly<Record<string, string>>
}

export interface ProjectRun {
  code: number
  /** What it printed, without colours; times of the runner are in it. */
  output: string
  report: Report | undefined
  traces: readonly Trace[]
}

/** Makes `home/<project>` and returns its path. */
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
  const all = { outputs: { json: 'out/report.json' }, traces: 'out/traces.ndjson', ...options }
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

/** What tells two runs apart is not in it. */
export function findingsOf({ report }: ProjectRun): readonly Finding[] {
  return report?.findings ?? []
}

function readReport(file: string): Report | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

function readTraces(file: string): Trace[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n').filter(Boolean)
  // The last one says what was left out.
  return lines.map((line) => JSON.parse(line)).filter((line) => 'queries' in line)
}

/** As a developer's shell has it: what this runner sets is not there. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const names = /^(?:NODE_ENV|NODE_OPTIONS|FORCE_COLOR|VITEST.*|JEST.*|TEST|PROD|DEV|MODE|BASE_URL|SSR)$/
  const kept = Object.entries(process.env).filter(
    ([name]) => !names.test(name) && !name.startsWith('PG_LOUPE_'),
  )
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}
