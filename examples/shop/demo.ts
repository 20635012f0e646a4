// `npm run demo`: starts the shop on a real PostgreSQL, sends requests to every route, shows what pg-loupe reports as
// they come in, and says at the end whether that is what the sources say it should be.
import { parseArgs } from 'node:util'
import { createProfiler, detectors } from 'pg-loupe'
import pc from 'picocolors'
import { createDatabase } from '../../test/postgres/create-database.ts'
import { startPostgres } from '../../test/postgres/start-postgres.ts'
import { curl } from './demo/curl.ts'
import { readMarks } from './demo/marks.ts'
import { type RunningShop, runShop } from './demo/running-shop.ts'
import { formatVerdict, judge } from './demo/verdict.ts'
import { visits } from './demo/visits.ts'

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
/** Closing takes milliseconds; a server that does not let go after this is left to the system. */
const CLOSING_PATIENCE_MS = 15_000

const closing: (() => Promise<void>)[] = []
let closed: Promise<void> | undefined

const { serve } = readArguments()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => end(serve ? 0 : INTERRUPTED))
}
run().then(end, (error: unknown) => {
  // What fails because it is being closed under its hands is no news.
  if (closed === undefined) console.error(error)
  return end(FAILED)
})

async function run(): Promise<number> {
  const postgres = await startPostgres()
  closing.push(postgres.stop)
  console.log(`Server    ${postgres.describe}`)
  const database = await createDatabase(postgres, 'shop')
  closing.push(database.drop)
  console.log(`Database  ${database.name}`)
  const profiler = createProfiler({ enabled: true, reporters: ['console'] })
  const shop = await runShop(database.url, profiler)
  closing.push(shop.close)
  const { tables, rows } = shop.seeded
  console.log(`Shop      ${shop.url}, ${tables} tables with ${rows.toLocaleString('en')} rows\n`)

  if (serve) return keepServing(shop)
  for (const { requests } of visits) {
    for (const request of requests) {
      await shop.send(request)
      await profiler.settled()
    }
  }
  const known = detectors.map(({ meta }) => meta.id)
  const verdict = judge({ report: profiler.report(), marks: readMarks(), visits, detectors: known })
  console.log(`\n${formatVerdict(verdict, { color: pc.isColorSupported })}`)
  return verdict.passed ? 0 : FAILED
}

function keepServing({ url }: RunningShop): Promise<never> {
  const examples = ['/orders/recent', '/orders/recent/fixed', '/customers/7/orders']
  const commands = examples.map((path) => `  ${curl(url, { path })}`)
  console.log(`Open ${pc.cyan(`${url}/`)} in a browser, or try\n\n${commands.join('\n')}\n`)
  console.log('The reports appear here. Ctrl-C ends it.\n')
  return new Promise(() => {})
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

/** Puts everything away, last things first, and ends with that status. The first one to call it decides. */
async function end(status: number): Promise<void> {
  if (closed !== undefined) return closed
  setTimeout(() => process.exit(status), CLOSING_PATIENCE_MS).unref()
  closed = closeAll()
  await closed
  process.exit(status)
}

async function closeAll(): Promise<void> {
  for (const close of closing.reverse()) {
    try {
      await close()
    } catch (error) {
      console.error(`while closing: ${(error as Error).message}`)
    }
  }
}
