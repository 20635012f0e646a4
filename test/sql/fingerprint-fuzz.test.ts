// Tests random and mutated statements: no statement throws, and a text is its own fingerprint. While PostgreSQL's parser
// still accepts the statement, other white space, comments and values do not change its fingerprint. The number of statements
// is fixed, so that a slow machine tests the same ones. To run more: PG_LOUPE_FUZZ_RUNS=2000000 PG_LOUPE_FUZZ_SEED=7 npx
// vitest run test/sql/fingerprint-fuzz.test.ts

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { loadModule } from 'libpg-query'
import { beforeAll, expect, test } from 'vitest'
import { computeFingerprint } from '../../src/sql/fingerprint/fingerprint.ts'
import { analyzeStatement, loadParser, statementValues } from '../../src/sql/index.ts'
import { respaced, revalued, seeded } from './statement-mutations.ts'

const RUNS = Number(process.env.PG_LOUPE_FUZZ_RUNS ?? 10_000)
/** Much more than a run takes on a busy machine, which is about a millisecond. */
const TIMEOUT_MS = 30_000 + 10 * RUNS
const SEED = Number(process.env.PG_LOUPE_FUZZ_SEED ?? 20)

const statements: string[] = gunzipSync(
  readFileSync(new URL('../corpus/regress-sample.jsonl.gz', import.meta.url)),
)
  .toString()
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line).sql)
  .filter((sql) => sql.length < 400)

const FRAGMENTS = [
  ...`select from where in values ( ) [ ] , . ; :: : := ? ?| - + * / = <> != 'a' "day" "rows" "order" "a" E'x\\'' $1 $$ $a$
  1 2.5 0x1f 1_0 null true false default asc order by group distinct on limit offset fetch first next rows row only cast (
  as array between not is set to local time zone date timestamp with interval savepoint declare a1 É "É" u&"x" u&'x' uescape
  '!' -- /* */ \\ \` @ @- <- current of union prepare all any rollup cube sets x::int int numeric(1,2) double precision`.split(
    /\s+/,
  ),
  '\n',
  ' ',
  '\0',
  '"',
  "'",
  '$',
  '\ud800',
  '"posts_0e8c1b5a-93d4-4b7e-8f7b-1f2a9c3d4e5f"',
]

const fragment = fc.constantFrom(...FRAGMENTS)
const madeUp = fc.array(fc.tuple(fragment, fc.constantFrom('', ' ', ' ')), { maxLength: 14 })
const mutated = fc.tuple(
  fc.constantFrom(...statements),
  fc.array(fc.tuple(fc.nat(1_000), fc.nat(8), fc.oneof(fragment, fc.constant(''))), {
    minLength: 1,
    maxLength: 4,
  }),
)
const input = fc.oneof(
  madeUp.map((parts) => parts.map(([text, space]) => text + space).join('')),
  mutated.map(([sql, edits]) =>
    edits.reduce((text, [at, cut, put]) => {
      const place = Math.floor((at / 1_000) * text.length)
      return text.slice(0, place) + put + text.slice(place + (put === '' ? cut : 0))
    }, sql),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
)

test(
  'no input throws, and a text is its own fingerprint',
  () => {
    fc.assert(
      fc.property(input, (sql) => {
        const once = computeFingerprint(sql)
        const twice = computeFingerprint(once.text)
        expect(twice.text).toBe(once.text)
        expect(twice.kind).toBe(once.kind)
        statementValues(sql, [1])
      }),
      { seed: SEED, numRuns: RUNS },
    )
  },
  TIMEOUT_MS,
)

beforeAll(async () => {
  await loadModule()
  await loadParser()
})

test(
  'other white space, comments and values do not change the fingerprint of valid SQL',
  () => {
    const random = seeded(SEED)
    let understood = 0
    fc.assert(
      fc.property(input, (sql) => {
        if (!analyzeStatement(sql).analyzed) return
        understood++
        const { text } = computeFingerprint(sql)
        for (const changed of [respaced(sql, random), revalued(sql, random)])
          if (changed !== undefined) expect(computeFingerprint(changed).text, changed).toBe(text)
      }),
      { seed: SEED, numRuns: RUNS },
    )
    expect(understood).toBeGreaterThan(50)
  },
  TIMEOUT_MS,
)
