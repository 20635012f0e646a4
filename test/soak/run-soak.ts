// Runs the soak in a process of its own, where memory can be collected and nothing else takes any.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url))

export interface SoakSettings {
  url: string
  /** Traces before memory is measured for the first time, and after it. */
  warmUp: number
  traces: number
  options?: object
}

export interface SoakResult {
  traces: number
  reported: number
  queries: number
  seconds: number
  megabytes: { before: number; after: number; growth: number }
  fileBytes: number
  findings: number
  routes: number
  cut: Record<string, number>
}

export async function runSoak(settings: SoakSettings): Promise<SoakResult> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', PROGRAM, JSON.stringify(settings)],
    { env: { ...process.env, NODE_ENV: 'development' }, maxBuffer: 1024 * 1024 },
  )
  return JSON.parse(stdout)
}
