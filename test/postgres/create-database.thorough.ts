import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { createDatabase } from './create-database.ts'
import { testDatabase } from './test-database.ts'

const database = await testDatabase()

test('a test file has a database of its own, named after it', async () => {
  const pool = new pg.Pool(database.config)
  const { rows } = await pool.query('select current_database() as name')
  await pool.end()

  expect(rows).toEqual([{ name: database.name }])
  expect(database.name).toContain('_create_database_')
})

test('two databases of the same label do not see each other', async () => {
  const [one, other] = await Promise.all([
    createDatabase(inject('postgres'), 'twins'),
    createDatabase(inject('postgres'), 'twins'),
  ])
  await ask(one.url, 'create table only_here ()')

  expect(await ask(other.url, `select to_regclass('only_here') as found`)).toEqual([{ found: null }])
  await Promise.all([one.drop(), other.drop()])
})

test('a database is dropped while somebody is still connected to it', async () => {
  const doomed = await createDatabase(inject('postgres'), 'doomed')
  const client = new pg.Client(doomed.config)
  // pg reports a cut connection twice: what the server said, and that the socket is gone.
  const cut = new Promise((resolve) => client.on('error', resolve))
  await client.connect()

  await doomed.drop()

  await cut
  await expect(ask(doomed.url, 'select 1')).rejects.toThrow('does not exist')
})

test('a label of any length and alphabet makes a name that PostgreSQL keeps whole', async () => {
  const named = await createDatabase(inject('postgres'), `Größe "; drop ${'x'.repeat(100)}`)

  expect(await ask(named.url, 'select current_database() as name')).toEqual([{ name: named.name }])
  await named.drop()
})

async function ask(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
