// Runs a copy of the example shop under pg-loupe, sends every request of its visits, and prints the answers and the loops that
// were found. It is a process of its own, because the source of a file is only read if the file is older than the process.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { createProfiler } from 'pg-loupe'

const [, , url = '', shopFolder = ''] = process.argv
const load = (file: string) => import(pathToFileURL(join(shopFolder, file)).href)
const { runShop }: typeof import('../../examples/shop/demo/running-shop.ts') =
  await load('demo/running-shop.ts')
const { visits }: typeof import('../../examples/shop/demo/visits.ts') = await load('demo/visits.ts')

const profiler = createProfiler({ enabled: true, catalog: true, console: 'off' })
const shop = await runShop(url, profiler)
const answers: Record<string, string[]> = {}
for (const { route, requests } of visits) {
  const texts: string[] = []
  for (const request of requests) texts.push(await shop.send(request))
  answers[route] = texts
}
await profiler.settled()
await shop.close()

const client = new pg.Client({ connectionString: url })
await client.connect()
const { rows: stored } = await client.query('select * from order_items order by order_id desc, line limit 20')
await client.end()
const loops = profiler
  .report()
  .findings.flatMap(({ title, remediation, fix, statements: [statement] = [] }) => {
    // The remedy is for the first statement.
    const [frame] = statement?.callSite ?? []
    return frame ? [{ title, remediation, fix, file: frame.file, line: frame.line }] : []
  })
process.stdout.write(JSON.stringify({ answers, stored, loops }))
