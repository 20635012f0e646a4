// Runs programs under pg-loupe, each in a trace of its own, and prints what they returned and what was found. It is a process
// of its own, because the source of a file is only read if the file is older than the process.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { profileDrizzle } from '../../adapters/drizzle/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'

const [, , url = '', drizzleFile = '', schemaFile = '', ...programs] = process.argv
const profiler = createProfiler({ enabled: true, console: 'off', catalog: true })
const pool = profilePool(new pg.Pool({ connectionString: url, max: 4 }), profiler)
const { drizzle } = await import(pathToFileURL(drizzleFile).href)
const { relations, ...schema } = await import(pathToFileURL(schemaFile).href)
const db = profileDrizzle(
  relations ? drizzle({ client: pool, relations }) : drizzle(pool, { schema }),
  profiler,
)

const shop = readFileSync(new URL('./shop.sql', import.meta.url), 'utf8')
const seen: Record<string, unknown> = {}
for (const file of programs) {
  await pool.query(shop)
  const trace = coreOf(profiler).startTrace({ kind: 'job', name: 'program' })
  let result: unknown
  try {
    const { run } = await import(pathToFileURL(file).href)
    result = await trace.run(() => run({ db, pool }))
  } catch (error) {
    result = `failed: ${(error as Error).message} ${String((error as Error).cause ?? '')}`
  }
  trace.end()
  await trace.settled()
  const { findings } = profiler.analyze(trace.finished ? [trace.finished] : [])
  seen[file] = {
    result: JSON.stringify(result),
    findings: findings
      .filter(({ detector }) => detector.startsWith('n-plus-one'))
      .map(({ title, remediation, fix, detector }) => ({ title, remediation, fix, detector })),
  }
}
await pool.end()
process.stdout.write(JSON.stringify(seen))
