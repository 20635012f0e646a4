// Compares the cold fingerprint with libpg-query's on the same statements, and the cached one with a plain Map, and measures
// the cost of growing texts. Run it with: npx tsx bench/fingerprint.ts

import { fingerprintSync, loadModule } from 'libpg-query'
import { Bench } from 'tinybench'
import { computeFingerprint } from '../src/sql/fingerprint/fingerprint.ts'
import { fingerprint } from '../src/sql/index.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const DRIZZLE =
  'select "users"."id", "users"."name", "users"."email", "users_posts"."data" as "posts" from "users" left join lateral (select coalesce(json_agg(json_build_array("users_posts"."id", "users_posts"."title")), \'[]\'::json) as "data" from (select * from "posts" "users_posts" where "users_posts"."user_id" = "users"."id" order by "users_posts"."id" desc limit $1) "users_posts") "users_posts" on true where ("users"."org_id" = $2 and "users"."deleted_at" is null) order by "users"."name" limit $3'
const statements: Readonly<Record<string, string>> = {
  'short look-up': 'SELECT * FROM users WHERE id = $1',
  'Drizzle select': DRIZZLE,
  '500-row insert': `insert into "events" ("id", "kind", "payload", "created_at") values ${numbers(500)
    .map((row) => `($${row * 4 + 1}, $${row * 4 + 2}, $${row * 4 + 3}, $${row * 4 + 4})`)
    .join(', ')}`,
  '20 KB IN list': `select * from "orders" where "id" in (${numbers(2900)
    .map((id) => 10_000 + id * 7)
    .join(', ')})`,
}

await loadModule()
await cold()
await cached()
linear()

async function cold(): Promise<void> {
  const bench = new Bench({ time: 400, warmupTime: 100 })
  // One call for a short statement is close to the resolution of the clock, so a round has several calls.
  const roundOf = (sql: string) => (sql.length < 1000 ? 20 : 1)
  for (const [name, sql] of Object.entries(statements)) {
    const round = roundOf(sql)
    bench.add(`ours ${name}`, () => {
      for (let at = 0; at < round; at++) computeFingerprint(sql)
    })
    bench.add(`libpg-query ${name}`, () => {
      for (let at = 0; at < round; at++) fingerprintSync(sql)
    })
  }
  await bench.run()
  console.log('cold, microseconds for one call (median)')
  for (const [name, sql] of Object.entries(statements)) {
    const ours = (median(bench, `ours ${name}`) * 1000) / roundOf(sql)
    const theirs = (median(bench, `libpg-query ${name}`) * 1000) / roundOf(sql)
    const ratio = (theirs / ours).toFixed(1)
    console.log(
      `  ${name.padEnd(15)} ${`${sql.length}`.padStart(6)} characters  ours ${ours.toFixed(1).padStart(7)}  libpg-query ${theirs.toFixed(1).padStart(8)}  ${ratio} times`,
    )
  }
}

async function cached(): Promise<void> {
  const bench = new Bench({ time: 400, warmupTime: 100 })
  // One call is close to the resolution of the clock, so a round has many calls.
  const round = 1000
  const short = 'select * from "users" where "id" = $1 -- x'.slice(0, 40)
  const long = DRIZZLE.slice(0, 400)
  const map = new Map<string, object>()
  for (const sql of [short, long]) {
    map.set(sql, fingerprint(sql))
    const half = sql.length / 2
    const halves = [sql.slice(0, half), sql.slice(half)] as const
    const fresh = () => {
      const copies: string[] = []
      for (let at = 0; at < round; at++) copies.push(Buffer.from(halves[0] + halves[1]).toString('latin1'))
      return copies
    }
    for (const [name, look] of Object.entries({ ours: fingerprint, Map: (text: string) => map.get(text) })) {
      let copies: string[] = []
      bench.add(`${name} same ${sql.length}`, () => {
        for (let at = 0; at < round; at++) look(sql)
      })
      bench.add(
        `${name} fresh ${sql.length}`,
        () => {
          for (const copy of copies) look(copy)
        },
        {
          beforeEach() {
            copies = fresh()
          },
        },
      )
    }
  }
  await bench.run()
  console.log('\ncached, nanoseconds for one call (median)')
  for (const size of [40, 400])
    for (const which of ['same', 'fresh']) {
      const [ours, bare] = ['ours', 'Map'].map(
        (name) => median(bench, `${name} ${which} ${size}`) * (1e6 / round),
      )
      console.log(
        `  ${which === 'same' ? 'same string object' : 'fresh string'}, ${size} characters  ours ${ours?.toFixed(0)}  bare Map ${bare?.toFixed(0)}`,
      )
    }
}

function linear(): void {
  console.log('\ncold, nanoseconds for a character as the text grows (best of several)')
  const growing: Readonly<Record<string, (size: number) => string>> = {
    'list of numbers': (size) => `select * from t where id in (${'123456, '.repeat(size / 8)}1)`,
    'rows of values': (size) => `insert into t values ${"('abc', $1, now()), ".repeat(size / 20)}(1)`,
    'select list': (size) => `select ${'column_name, '.repeat(size / 13)}x from t`,
    'open brackets': (size) => '('.repeat(size),
    'nested casts': (size) => `select ${'cast('.repeat(size / 14)}x${' as text)'.repeat(size / 14)}`,
    'open comments': (size) => '/*'.repeat(size / 2),
    'one string': (size) => `select '${'x'.repeat(size)}'`,
    'many ORs': (size) => `select * from t where ${'a = 1 or '.repeat(size / 9)}b = 2`,
  }
  for (const [name, make] of Object.entries(growing)) {
    const costs = [10_000, 100_000, 1_000_000].map((size) => {
      const sql = make(size)
      let best = Number.POSITIVE_INFINITY
      for (let run = 0; run < Math.max(5, 2_000_000 / size); run++) {
        const start = performance.now()
        computeFingerprint(sql)
        best = Math.min(best, performance.now() - start)
      }
      return ((best * 1e6) / sql.length).toFixed(1).padStart(6)
    })
    console.log(`  ${name.padEnd(16)} 10 KB ${costs[0]}  100 KB ${costs[1]}  1 MB ${costs[2]}`)
  }
}

function median(bench: Bench, name: string): number {
  const result = bench.getTask(name)?.result
  return result !== undefined && 'latency' in result ? result.latency.p50 : Number.NaN
}
