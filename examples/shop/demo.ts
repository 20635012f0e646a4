// `npm run demo`: starts the shop on a real PostgreSQL, sends requests to every route, shows pg-loupe's reports as they come
// in, and finally compares them with the mistakes that are marked in the source.
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { createProfiler, detectors, type Profiler } from 'pg-loupe'
import pc from 'picocolors'
import { createDatabase } from '../../test/postgres/create-database.ts'
import { type Postgres, startPostgres } from '../../test/postgres/start-postgres.ts'
import { curl } from './demo/curl.ts'
import { readMarks } from './demo/marks.ts'
import { type RunningShop, runShop } from './demo/running-shop.ts'
import { formatVerdict, judge } from './demo/verdict.ts'
import { EVERY_RUN_ALIKE, visits } from './demo/visits.ts'

const HELP = `Usage: npm run demo [-- --serve]

Runs the example shop under pg-loupe, on a PostgreSQL that is started for it.

  (nothing)   send requests to every route, print the reports and a verdict, and end:
              with status 0 if every mistake marked in examples/shop was reported at its
              line and every other route was silent, with status 1 if not
  --serve     keep the shop up for a browser or curl, until Ctrl-C
  --help      this text
`

const FAILED = 1
const WRONG_USAGE = 2
const INTERRUPTED = 130
/** Closing takes milliseconds. After this time the process exits without waiting any longer. */
const CLOSING_PATIENCE_MS = 15_000

const { serve } = readArguments()
const interruption = new AbortController()
let postgres: Postgres | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

try {
  postgres = await startPostgres()
  process.exitCode = await run(postgres, interruption.signal)
} catch (error) {
  process.exitCode = interruption.signal.aborted ? INTERRUPTED : FAILED
  if (error !== interruption.signal.reason) console.error(error)
} finally {
  await postgres?.stop()
  process.exit()
}

async function run(server: Postgres, signal: AbortSignal): Promise<number> {
  console.log(`Server    ${server.describe}`)
  const database = await createDatabase(server, 'shop')
  try {
    console.log(`Database  ${database.name}`)
    signal.throwIfAborted()
    const profiler = createProfiler({
      enabled: true,
      catalog: true,
      detectors: EVERY_RUN_ALIKE,
      console: 'requests',
    })
    const shop = await runShop(database.url, profiler)
    try {
      const { tables, rows } = shop.seeded
      console.log(`Shop      ${shop.url}, ${tables} tables with ${rows.toLocaleString('en')} rows\n`)
      return serve ? await keepServing(shop, signal) : await tryAll(shop, profiler, signal)
    } finally {
      await shop.close()
    }
  } finally {
    await database.drop()
  }
}

async function tryAll(shop: RunningShop, profiler: Profiler, signal: AbortSignal): Promise<number> {
  for (const request of visits.flatMap(({ requests }) => requests)) {
    signal.throwIfAborted()
    await shop.send(request)
    await profiler.settled()
  }
  const known = detectors.map(({ meta }) => meta.id)
  const verdict = judge({ report: profiler.report(), marks: readMarks(), visits, detectors: known })
  console.log(`\n${formatVerdict(verdict, { color: pc.isColorSupported })}`)
  return verdict.passed ? 0 : FAILED
}

async function keepServing({ url }: RunningShop, signal: AbortSignal): Promise<number> {
  const examples = ['/orders/recent', '/orders/recent/fixed', '/customers/7/orders']
  const commands = examples.map((path) => `  ${curl(url, { path })}`)
  console.log(`Open ${pc.cyan(`${url}/`)} in a browser, or try\n\n${commands.join('\n')}\n`)
  console.log('The reports appear here. Ctrl-C ends it.\n')
  // A pending signal handler alone would not keep the process alive, but the listening server does.
  if (!signal.aborted) await once(signal, 'abort')
  return 0
}

/** A PostgreSQL that is still starting detects by itself that this process has ended. */
function interrupt(): void {
  if (postgres === undefined) process.exit(INTERRUPTED)
  interruption.abort()
  setTimeout(() => process.exit(INTERRUPTED), CLOSING_PATIENCE_MS).unref()
}

function readArguments(): { serve: boolean } {
  const options = { serve: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  try {
    const { values } = parseArgs({ options })
    if (!values.help) return { serve: values.serve ?? false }
    console.log(HELP)
    process.exit(0)
  } catch (error) {
    console.error(`${(error as Error).message.split('.')[0]}.\n\n${HELP}`)
    process.exit(WRONG_USAGE)
  }
}
