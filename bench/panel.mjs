// `npm run bench:panel`: measures the live panel with the shop in Chromium. It takes a PostgreSQL as the tests do, and Chromium
// (PG_LOUPE_TEST_CHROMIUM names one that is not called chromium).
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seedShop } from '../test/browser/panel/dev-session.ts'
import { createDatabase } from '../test/postgres/create-database.ts'
import { startPostgres } from '../test/postgres/start-postgres.ts'
import { measureLoad } from './panel/load.mjs'
import { measureOwnTime } from './panel/own-time.mjs'
import { measureRows } from './panel/rows.mjs'

const PARTS = {
  rows: measureRows,
  'own-time': measureOwnTime,
  load: measureLoad,
}
const HELP = `Usage: npm run bench:panel [-- options]

  --part a,b        only these (default: all): ${Object.keys(PARTS).join(', ')}
  --clicks n        clicks whose rows are awaited (default: 20)
  --minutes n       minutes of load (default: 10)
  --generations n   generations of processes for the request's own time (default: 6)
`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    part: { type: 'string', default: Object.keys(PARTS).join(',') },
    clicks: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '10' },
    generations: { type: 'string', default: '6' },
  },
})

if (values.help) console.log(HELP)
else await main()

async function main() {
  const parts = values.part.split(',').map((name) => {
    if (!PARTS[name]) throw new Error(`--part takes ${Object.keys(PARTS).join(', ')}, but got ${name}`)
    return PARTS[name]
  })
  const postgres = await startPostgres()
  const database = await createDatabase(postgres, 'bench')
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-bench-'))
  try {
    await seedShop(database)
    console.log(
      `${cpus()[0]?.model}, ${cpus().length} cores, ${process.platform}, Node ${process.versions.node}; ${postgres.describe}`,
    )
    for (const measure of parts) {
      console.log(
        await measure({
          database,
          folder: mkdtempSync(join(folder, 'part-')),
          launch,
          clicks: Number(values.clicks),
          minutes: Number(values.minutes),
          generations: Number(values.generations),
        }),
      )
    }
  } finally {
    await database.drop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The browser belongs to the package of the browser tests, so that a clone does not depend on it. */
async function launch() {
  const browserTests = join(import.meta.dirname, '../test/browser')
  if (!existsSync(join(browserTests, 'node_modules')))
    throw new Error('Chromium is driven by the package of the tests: run npm run test:panel first')
  const { chromium } = createRequire(join(browserTests, 'package.json'))('playwright-core')
  return chromium.launch({
    executablePath: process.env.PG_LOUPE_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  })
}
