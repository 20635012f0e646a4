import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { createDatabase } from './create-database.ts'
import { readPostgresSettings } from './postgres-settings.ts'
import { startPostgres } from './start-postgres.ts'

test('a given URL is used as it is', async () => {
  const { url } = inject('postgres')

  const server = await startPostgres({ PG_LOUPE_TEST_URL: url })

  expect(server).toMatchObject({ source: 'given URL', url })
  expect(server.describe).toMatch(/^PostgreSQL \d+/)
  expect(server.describe).toContain(` at ${new URL(url).host}, given by PG_LOUPE_TEST_URL`)
  await server.stop()
})

test('stopping drops the databases of this run on a given URL, and nobody else’s', async () => {
  const { url } = inject('postgres')
  const [mine, other] = [await startPostgres(given(url)), await startPostgres(given(url))]
  const forgotten = await createDatabase(mine, 'forgotten')
  const kept = await createDatabase(other, 'kept')

  await mine.stop()

  const names = await databaseNames(url)
  expect(names).not.toContain(forgotten.name)
  expect(names).toContain(kept.name)
  await other.stop()
  expect(await databaseNames(url)).not.toContain(kept.name)
})

test('stopping twice is stopping once', async () => {
  const server = await startPostgres(given(inject('postgres').url))

  await Promise.all([server.stop(), server.stop()])
})

test('a given URL where nothing answers is an error that names the variable and keeps the password', async () => {
  const error = await startPostgres(given('postgresql://me:secret@127.0.0.1:1/db')).catch((e: Error) => e)

  expect(String(error)).toContain('PG_LOUPE_TEST_URL: no connection to 127.0.0.1:1')
  expect(String(error)).not.toContain('secret')
})

test('a given URL with a wrong password is refused at once, for waiting would not help', async () => {
  const url = new URL(inject('postgres').url)
  url.password = 'guessed'
  const start = Date.now()

  await expect(startPostgres(given(url.href))).rejects.toThrow('PG_LOUPE_TEST_URL: no connection to')
  expect(Date.now() - start).toBeLessThan(3_000)
})

test('a DATABASE_URL that happens to be set is not looked at', () => {
  expect(readPostgresSettings({ DATABASE_URL: 'postgresql://real/data' }).url).toBeUndefined()
})

test.for([
  [{ PG_LOUPE_TEST_POSTGRES: 'docker' }, /PG_LOUPE_TEST_POSTGRES is 'docker'.*url, testcontainers, embedded/],
  [{ PG_LOUPE_TEST_POSTGRES: 'toString' }, /PG_LOUPE_TEST_POSTGRES is 'toString'/],
  [{ PG_LOUPE_TEST_POSTGRES: 'url' }, /PG_LOUPE_TEST_URL is not set/],
  [{ PG_LOUPE_TEST_URL: 'localhost:5432' }, /PG_LOUPE_TEST_URL is not a connection URL/],
  [{ PG_LOUPE_TEST_URL: 'mysql://localhost/db' }, /PG_LOUPE_TEST_URL is not a connection URL/],
] as const)('%o is refused before anything starts', async ([env, message]) => {
  await expect(startPostgres(env)).rejects.toThrow(message)
})

test('variables set to nothing count as not set', () => {
  expect(readPostgresSettings({ PG_LOUPE_TEST_URL: '', PG_LOUPE_TEST_POSTGRES: '' })).toMatchObject({
    only: undefined,
    url: undefined,
  })
})

test('embedded, when asked for, wins over a given URL', async () => {
  const server = await startPostgres({
    PG_LOUPE_TEST_POSTGRES: 'embedded',
    PG_LOUPE_TEST_URL: 'postgresql://127.0.0.1:1/',
  })

  expect(server.source).toBe('embedded')
  expect(server.describe).toMatch(/^embedded PostgreSQL \d+\.\d+ on port \d+/)
  await server.stop()
})

test('an engine that answers but cannot run the image is told on stderr, and the embedded one used', async () => {
  const { source, said } = await startElsewhere({ DOCKER_HOST: await engineWithoutImages() })

  expect(source).toBe('embedded')
  expect(said).toContain('A Docker engine answers, but postgres:17-alpine did not start')
  expect(said).toContain('Going on with the embedded PostgreSQL')
})

test('an engine that cannot run the image is an error when testcontainers is asked for', async () => {
  const { source, said } = await startElsewhere({
    DOCKER_HOST: await engineWithoutImages(),
    PG_LOUPE_TEST_POSTGRES: 'testcontainers',
    PG_LOUPE_TEST_IMAGE: 'postgres:0',
  })

  expect(source).toBe('')
  expect(said).toContain('postgres:0 did not start')
})

test('testcontainers, when asked for where no engine answers, is an error that says so', async () => {
  const env = { PG_LOUPE_TEST_POSTGRES: 'testcontainers', DOCKER_HOST: 'unix:///nowhere' }

  await expect(startPostgres(env)).rejects.toThrow('no Docker engine answers')
})

function given(url: string): NodeJS.ProcessEnv {
  return { PG_LOUPE_TEST_URL: url }
}

async function databaseNames(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database')
  await client.end()
  return rows.map(({ datname }) => datname)
}

/** Answers a ping, and everything else with an error. */
async function engineWithoutImages(): Promise<string> {
  const server = createServer((request, response) => {
    response.statusCode = request.url?.endsWith('/_ping') ? 200 : 500
    response.end('{"message":"no such thing here"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** In a process of its own, because testcontainers reads the environment of the process and keeps what it found. */
async function startElsewhere(env: NodeJS.ProcessEnv): Promise<{ source: string; said: string }> {
  const script = `
    import { startPostgres } from ${JSON.stringify(new URL('start-postgres.ts', import.meta.url).href)}
    const server = await startPostgres()
    process.stdout.write(server.source)
    await server.stop()`
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', script]
  const { PG_LOUPE_TEST_URL: _, PG_LOUPE_TEST_POSTGRES: __, PG_LOUPE_TEST_IMAGE: ___, ...own } = process.env
  const child = spawn(process.execPath, args, {
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [source, said] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
  return { source, said }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}
