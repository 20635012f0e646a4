// The example shop, asked for every route, or for every second one: `shop.ts even`.
import { createProfiler } from 'pg-loupe'
import { runShop } from '../../../examples/shop/demo/running-shop.ts'
import { EVERY_RUN_ALIKE, visits } from '../../../examples/shop/demo/visits.ts'

const [part] = process.argv.slice(2)
const profiler = createProfiler({ enabled: true, catalog: false, detectors: EVERY_RUN_ALIKE })
const shop = await runShop(process.env.DATABASE_URL ?? '', profiler)
const shares: Record<string, number> = { even: 0, odd: 1 }
const share = shares[part ?? '']
for (const [index, { requests }] of visits.entries()) {
  if (share !== undefined && index % 2 !== share) continue
  for (const request of requests) await shop.send(request)
}
await profiler.settled()
await shop.close()
