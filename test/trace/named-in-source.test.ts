import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vocabulary } from '../../src/advice/advisors.ts'
import { noteNamed } from '../../src/trace/source/named-in-source.ts'
import type { Query } from '../../src/types/query.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** The start of a hole in a template, for templates in the source that is written. */
const OPEN = '${'

/** The columns that the function around `// here` names, in a file with this source. */
function named(source: string, columns: readonly string[]): readonly string[] {
  const file = join(temporaryFolder(), 'source.ts')
  writeFileSync(file, source)
  const line = source.split('\n').findIndex((text) => text.includes('// here')) + 1
  const query: Query = {
    sql: 'select * from t',
    callSite: [{ file, line, column: 3 }],
    usage: { read: ['id'], serialized: [], unread: columns, rowsTouched: 1 },
  }
  noteNamed([query], vocabulary)
  return query.usage?.named ?? []
}

const around = (body: string, before = '') => `
async function other(row) { return row.elsewhere }
export async function load(pool, full): Promise<{ id: number }[]> {
  ${before}
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
  ['the text of a template', `return rows.map((row) => \`${OPEN}row.id} bio\` + 'notes')`],
  ['a template in a template', `return \`bio ${OPEN}rows.map((row) => \`notes ${OPEN}row.id}\`)} bio\``],
  ['a regular expression', 'return rows.filter((row) => /bio|notes/.test(row.id))'],
  ['a list of columns to fetch', 'return db.select({ bio: t.bio, notes: t.notes }).from(t)'],
  [
    'a list of columns of a relational query',
    'return db.query.t.findMany({ columns: { bio: true, notes: true } })',
  ],
])('%s does not name the column', (_what, body) => {
  expect(named(around(body), ['bio', 'notes', 'elsewhere'])).toEqual([])
})

test('the function is found after a template with code in it', () => {
  const source = around('return rows.map((row) => row.bio)', `log(\`loads ${OPEN}full}\`)`)
  expect(named(source, ['bio', 'elsewhere'])).toEqual(['bio'])
})

test('a file that does not exist names nothing', () => {
  const query: Query = {
    sql: 'select 1',
    callSite: [
      { file: '/no/such/file.ts', line: 1 },
      { file: 'webpack://app/x.ts', line: 1 },
    ],
    usage: { read: ['id'], serialized: [], unread: ['bio'], rowsTouched: 1 },
  }
  noteNamed([query], vocabulary)
  expect(query.usage?.named).toBeUndefined()
})
