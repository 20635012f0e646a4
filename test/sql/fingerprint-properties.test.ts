// Tests properties of all statements, on a sample of PostgreSQL's own regression suite: a fingerprint is its own fingerprint,
// and other comments, white space and values do not change it. PG_LOUPE_STATEMENTS names a file with all of these statements.

import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { loadModule } from 'libpg-query'
import { beforeAll, describe, expect, test } from 'vitest'
import { computeFingerprint } from '../../src/sql/fingerprint/fingerprint.ts'
import { analyzeStatement, fingerprint, loadParser, statementValues } from '../../src/sql/index.ts'
import { respaced, revalued, seeded } from './statement-mutations.ts'

interface Statement {
  sql: string
  parses18: boolean
  kind?: string
}

const given = process.env.PG_LOUPE_STATEMENTS
const text =
  given !== undefined && existsSync(given)
    ? readFileSync(given, 'utf8')
    : gunzipSync(readFileSync(new URL('../corpus/regress-sample.jsonl.gz', import.meta.url))).toString()
const statements: Statement[] = text
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))
const parsing = statements.filter(({ parses18 }) => parses18)

beforeAll(async () => {
  await loadModule()
  await loadParser()
})

/** The first failures are enough to find the mistake. */
function moved(texts: readonly string[], change: (sql: string) => string | undefined): string[] {
  return texts
    .filter((sql) => {
      const changed = change(sql)
      return changed !== undefined && computeFingerprint(changed).key !== computeFingerprint(sql).key
    })
    .slice(0, 5)
}

describe('on statements of the regression suite', () => {
  const texts = parsing.map(({ sql }) => sql)

  test('there are a few thousand of them', () => {
    expect(statements.length).toBeGreaterThan(3_000)
  })

  test('a fingerprint is its own fingerprint, of the same kind', () => {
    const wrong = statements.filter(({ sql }) => {
      const once = computeFingerprint(sql)
      const twice = computeFingerprint(once.text)
      return once.key !== twice.key || once.text !== twice.text || once.kind !== twice.kind
    })
    expect(wrong.slice(0, 5)).toEqual([])
  })

  test('other white space and comments do not change it', () => {
    const random = seeded(18)
    expect(moved(texts, (sql) => respaced(sql, random))).toEqual([])
  })

  test('other values of the same kind do not change it', () => {
    const random = seeded(19)
    expect(moved(texts, (sql) => revalued(sql, random))).toEqual([])
  })

  test('every ? of the text has a value', () => {
    const wrong = texts.filter((sql) => {
      // The operator `?` of jsonb or geometry has no value.
      if (sql.includes('?')) return false
      const quoted = /"[^"]*\?[^"]*"/.test(sql)
      const marks = fingerprint(sql).text.match(/\?/g)?.length ?? 0
      return !quoted && statementValues(sql).length !== marks
    })
    expect(wrong.slice(0, 5)).toEqual([])
  })

  test('no literal is left in a text', () => {
    const leaking = texts.filter((sql) => /'/.test(fingerprint(sql).text.replace(/"[^"]*"/g, '')))
    expect(leaking.slice(0, 5)).toEqual([])
  })

  test('nearly every query that PostgreSQL parses is analysed', () => {
    const queries = parsing.filter(({ kind }) => /^(Select|Insert|Update|Delete|Merge)Stmt$/.test(kind ?? ''))
    const failures = queries.flatMap(({ sql }) => {
      const analysis = analyzeStatement(sql)
      return analysis.analyzed ? [] : [analysis.reason]
    })
    expect(failures.length / queries.length, failures.join()).toBeLessThanOrEqual(0.01)
  })
})
