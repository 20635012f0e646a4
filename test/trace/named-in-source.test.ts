import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noteNamed } from '../../src/trace/source/named-in-source.ts'
import { codeOnly } from '../../src/trace/source/source-code.ts'
import type { Query } from '../../src/types/query.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Of a template, in the source that is written. */
const OPEN = '${'

/** Which of the columns the function around `// here` names, as the source of a file stands there. */
function named(source: string, columns: readonly string[]): readonly string[] {
  const file = join(temporaryFolder(), 'source.ts')
  writeFileSync(file, source)
  const line = source.split('\n').findIndex((text) => text.includes('// here')) + 1
  const query: Query = {
    sql: 'select * from t',
    callSite: [{ file, line, column: 3 }],
    usage: { read: ['id'], serialized: [], unread: columns, rowsTouched: 1 },
  }
  noteNamed([query])
  return query.usage?.named ?? []
}

const around = (body: string) => `
async function other(row) { return row.elsewhere }
export async function load(pool, full): Promise<Row[]> {
  const { rows } = await pool.query('select id, bio, notes from t') // here
  ${body}
}`

test.each([
  ['a branch that reads it', 'if (full) { return rows.map((row) => row.bio) }', ['bio']],
  ['destructuring', 'return rows.map(({ id, bio }) => id)', ['bio']],
  ['camel case', 'return rows.map((row) => row.placedAt)', ['placed_at']],
  ['a name in brackets', `return rows.map((row) => row['bio'])`, ['bio']],
  ['code in a template', `return rows.map((row) => \`<p>${OPEN}row.bio}</p>\`)`, ['bio']],
  ['a nested row', 'return rows.map((row) => row.posts[0].title)', ['posts.title']],
])('%s names the column', (_what, body, columns) => {
  expect(named(around(body), columns)).toEqual(columns)
})

test.each([
  ['the statement itself', 'return rows.map((row) => row.id)'],
  ['another function', 'return other(rows)'],
  ['a comment', 'return rows.map((row) => row.id) // not the bio, /* nor */ notes'],
  ['another text', `return rows.map((row) => \`${OPEN}row.id} bio\` + 'notes')`],
  ['a list of columns to fetch', 'return db.select({ bio: t.bio, notes: t.notes }).from(t)'],
])('%s does not', (_what, body) => {
  expect(named(around(body), ['bio', 'notes', 'elsewhere'])).toEqual([])
})

test('of a file that is not there nothing is known', () => {
  const query: Query = {
    sql: 'select 1',
    callSite: [
      { file: '/no/such/file.ts', line: 1 },
      { file: 'webpack://app/x.ts', line: 1 },
    ],
    usage: { read: ['id'], serialized: [], unread: ['bio'], rowsTouched: 1 },
  }
  noteNamed([query])
  expect(query.usage?.named).toBeUndefined()
})

test('positions stay where they are', () => {
  const source = `const a = 'x' // b\nconst c = \`d ${OPEN}e(\`f ${OPEN}g}\`)} h\`\n`
  expect(codeOnly(source)).toHaveLength(source.length)
  expect(codeOnly(source).match(/\w+/g)).toEqual(['const', 'a', 'const', 'c', 'e', 'g'])
})
