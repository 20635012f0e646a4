// Nothing that an application keeps to itself reaches any output at default options: canaries are planted wherever a value
// can stand, everything that pg-loupe writes is collected, and none of them may be in it, in whatever encoding.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import express5, { type Application } from 'express'
import express4 from 'express4'
import pg from 'pg'
import Cursor from 'pg-cursor'
import { expect, test, vi } from 'vitest'
import { profileRequests } from '../../adapters/express/index.ts'
import { profilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/index.ts'
import { coreOf } from '../../src/profiler/profiler-core.ts'
import { actLast } from '../../src/profiler/shared-state.ts'
import { reporters } from '../../src/report/reporters/index.ts'
import type { Reporter } from '../../src/types/reporter.ts'
import type { Trace } from '../../src/types/trace.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const database = await testDatabase()

/** Each with its place in the name, so that a failure says where it leaked from. */
const planted = new Map<string, string>()
function canary(place: string): string {
  const text = `${place.replaceAll(' ', '')}Canary${createHash('sha256').update(place).digest('hex').slice(0, 8)}`
  planted.set(place, text)
  return text
}
/** A number that is nothing else. */
function numberCanary(place: string): number {
  const number = 700_000_000 + (createHash('sha256').update(place).digest().readUInt32BE() % 99_999_999)
  planted.set(place, String(number))
  return number
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const hashes = ['md5', 'sha1', 'sha256', 'sha512'].flatMap((name) => {
    const digest = createHash(name).update(text).digest()
    return [
      digest.toString('hex'),
      digest.toString('base64url').slice(0, 16),
      digest.toString('hex').slice(0, 16),
    ]
  })
  // The Base64 of a text inside another one depends on the text before it.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  )
  const percent = [...bytes].map((byte) => `%${byte.toString(16)}`).join('')
  return [text, ...base64, bytes.toString('hex'), percent, [...text].reverse().join(''), ...hashes]
}

interface Output {
  name: string
  text: string
}

function leaks(outputs: readonly Output[]): string[] {
  return outputs.flatMap(({ name, text }) => {
    const lower = text.toLowerCase()
    return [...planted].flatMap(([place, secret]) =>
      formsOf(secret).some((form) => lower.includes(form.toLowerCase())) ? [`${place} in ${name}`] : [],
    )
  })
}

async function useDatabase(pool: pg.Pool): Promise<void> {
  /** The failing tests are expected to fail. */
  const send = (sql: string | pg.QueryConfig, values?: unknown[]) =>
    pool.query(sql as string, values).catch(() => ({ rows: [] as { name: string }[] }))
  await send(
    'begin; create table if not exists people (id int primary key, name text unique, note text); commit',
  )
  for (let id = 1; id <= 12; id++) {
    await send('insert into people values ($1, $2, $3) on conflict do nothing', [
      id,
      `${canary('parameter')}${id}`,
      canary('row cell'),
    ])
  }
  // A loop over rows, with the values of them.
  const { rows } = await send(`select * from people where note = '${planted.get('row cell')}' order by id`)
  for (const { name } of rows) await send('select id from people where name = $1', [name])
  for (let turn = 0; turn < 3; turn++) {
    await send(
      `select id, note from people where name = '${canary('string literal')}' or id = ${numberCanary('number literal')}`,
    )
    await send('select id from people offset 1500 limit 5')
  }
  await send(`select $tag$${canary('dollar quote')}$tag$, $$${canary('bare dollar quote')}$$`)
  await send(`select E'${canary('escape string')}\\n', U&'${canary('unicode string')}\\0041'`)
  await send(`select 1 /* ${canary('comment')} */ -- ${canary('line comment')}`)
  await send(`/*traceparent='${canary('comment before')}'*/ select id from people /* in */ where id = 1`)
  await send(
    `select id from people where name in ('${canary('list')}', 'b') or name like '${canary('pattern')}%'`,
  )
  await send(`select '{"a":"${canary('json literal')}"}'::jsonb, '{${canary('array literal')}}'::text[]`)
  await send(`select set_config('app.name', '${canary('setting function')}', false)`)
  await send(`set app.owner = '${canary('setting')}'`)
  await send(`set app.word = ${canary('setting word')}`)
  await send(`notify channel, '${canary('notify')}'`)
  await send(`do $do$ begin perform '${canary('do block')}'; end $do$`)
  await send('prepare plan_of_people as select id from people where name = $1')
  await send(`execute plan_of_people('${canary('execute')}')`)
  await send(`begin; create role canary_role password '${canary('role password')}'; rollback`)
  await send(`comment on table people is '${canary('comment on')}'`)
  await send({
    name: 'people by name',
    text: 'select id from people where name = $1',
    values: [canary('prepared')],
  })
  await send('select id from people where name = any($1)', [[canary('array parameter'), 'b']])
  await send('select $1::jsonb', [{ secret: canary('json parameter') }])
  await send('select $1::bytea', [Buffer.from(canary('bytes parameter'))])
  // Errors quote values.
  await send(`insert into people values (100, $1, '')`, [`${planted.get('parameter')}1`])
  await send(`select '${canary('bad number')}'::int`)
  await send(`select from where '${canary('broken statement')}`)
  await send(
    `do $$ begin raise exception '${canary('raised')}' using detail = '${canary('detail')}', hint = '${canary('hint')}'; end $$`,
  )

  await send(`select '${'x'.repeat(200_000)}${canary('long literal')}'`)
  // Names that are built from data.
  await send(`begin; savepoint "${canary('savepoint')}"; rollback to "${planted.get('savepoint')}"; commit`)
  await send(
    `begin; declare "${canary('cursor')}" cursor for select 1; fetch 1 from "${planted.get('cursor')}"; commit`,
  )
  await send(`listen "${canary('channel')}"`)
  await send(`notify "${planted.get('channel')}", 'news'`)
  const label = canary('column label')
  const { rows: labelled } = await send(`select id as "${label}", name from people order by "${label}"`)
  for (const row of labelled as unknown as Record<string, number>[]) {
    await send('select note from people where id = $1', [row[label]])
  }
  for (let turn = 0; turn < 2; turn++) {
    await send({ name: canary('prepared name'), text: 'select id from people where id = $1', values: [turn] })
  }
  const error = Object.assign(new Error(), {
    name: canary('name of an error'),
    code: canary('code of an error'),
  })
  const getTypeParser = () => () => {
    throw error
  }
  await send({ text: 'select 1', types: { getTypeParser } as never })

  const client = await pool.connect()
  const cursor = client.query(
    new Cursor('select name from people where note = $1', [planted.get('row cell')]),
  )
  await cursor.read(5)
  await cursor.close()
  client.release()
  const outside = new pg.Pool({
    connectionString: `${database.url.replace(/:[^:@/]*@/, `:${canary('connection password')}@`)}?application_name=${canary('connection option')}`,
  })
  await outside.query('select 1').catch(() => {})
  await outside.end()
}

test.each([
  ['Express 4', express4],
  ['Express 5', express5],
])('%s: no output holds a value', async (_version, express) => {
  const folder = temporaryFolder()
  const collected = join(folder, 'collected')
  mkdirSync(collected)
  vi.stubEnv('PG_LOUPE_COLLECT', collected)
  vi.stubEnv('NODE_ENV', 'development')
  const outputs: Output[] = []
  const written = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    outputs.push({ name: 'live console', text: String(chunk) })
    return true
  })
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => {
    outputs.push({ name: 'warning', text: String(warning) })
  })
  const report = join(folder, 'report.json')
  const file = join(folder, 'traces.ndjson')
  const profiler = createProfiler({
    outputs: { json: report, traces: file },
    collectUntraced: true,
    // By default where PG_LOUPE_COLLECT is not set.
    console: 'requests',
  })
  const traces: Trace[] = []
  profiler.on('report', (_report, trace) => traces.push(trace))
  profiler.on('report', () => {
    throw new TypeError(canary('error of a listener'))
  })
  const pool = profilePool(new pg.Pool({ ...database.config, max: 2 }), profiler)

  const app = (express as typeof express5)()
  app.use(profileRequests(profiler))
  addRoutes(app, pool, express as typeof express5)
  const bare = http.createServer((request, response) => {
    profileRequests(profiler)(request, response as never, () => {
      void pool.query('select 2').then(() => response.end('ok'))
    })
  })
  const servers = [http.createServer(app), bare]
  const [port, barePort] = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening')
      return (server.address() as AddressInfo).port
    }),
  )
  const ask = async (path: string, at = port, options: RequestInit = {}) => {
    const { headers, status } = await fetch(`http://127.0.0.1:${at}${path}`, options)
    outputs.push({ name: `headers of the response (${status})`, text: headers.get('server-timing') ?? '' })
    expect(headers.has('server-timing')).toBe(status === 200)
  }
  await ask('/all')
  await ask(`/people/${canary('path parameter')}/posts?q=${canary('query string')}`, port, {
    headers: { authorization: `Bearer ${canary('header')}`, cookie: `session=${canary('cookie')}` },
  })
  await ask(`/missing/${canary('path without a route')}`)
  await ask(`/tenants/${canary('mounted parameter')}/list`)
  await ask(`/any-${canary('mounted expression')}/list`)
  await ask(`/reset/${canary('path of a bare server')}?token=${canary('query of a bare server')}`, barePort)
  await pool.query('select $1::text', [canary('outside any trace')])

  const failing = coreOf(profiler).startTrace({ kind: 'job', name: 'failing' })
  failing.startQuery = () => {
    throw Object.assign(new Error(`${canary('error inside')}\n    at ${planted.get('error inside')}`))
  }
  await failing.run(() => pool.query('select 1'))
  failing.end()
  await profiler.settled()
  await pool.end()
  for (const server of servers) server.close()
  actLast()
  written.mockRestore()
  warned.mockRestore()
  vi.unstubAllEnvs()

  const merged = profiler.report()
  expect(merged.findings.map(({ detector }) => detector)).toEqual(
    expect.arrayContaining(['n-plus-one', 'n-plus-one-write', 'duplicate-query']),
  )
  outputs.push({ name: 'outputs.json', text: readFileSync(report, 'utf8') })
  outputs.push({ name: 'outputs.traces', text: readFileSync(file, 'utf8') })
  for (const name of readdirSync(collected)) {
    outputs.push({ name: 'PG_LOUPE_COLLECT', text: name + readFileSync(join(collected, name), 'utf8') })
  }
  for (const [name, format] of Object.entries(reporters) as [string, Reporter][]) {
    outputs.push({ name: `reporter ${name}`, text: format.render(merged, { traces } as never) })
    outputs.push({ name: `reporter ${name}, plain`, text: format.render(merged) })
  }
  expect(outputs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['live console', 'warning', 'PG_LOUPE_COLLECT']),
  )
  expect(planted.size).toBeGreaterThan(45)
  expect([...new Set(leaks(outputs))]).toEqual([])
})

function addRoutes(app: Application, pool: pg.Pool, express: typeof express5): void {
  app.get('/all', async (_request, response) => {
    await useDatabase(pool)
    response.send('ok')
  })
  app.get('/people/:name/posts', async (request, response) => {
    await pool.query('select id from people where name = $1', [request.params.name])
    response.json({ body: canary('body') })
  })
  const list = express.Router({ mergeParams: true })
  list.get('/list', async (_request, response) => {
    await pool.query('select 1')
    response.send('ok')
  })
  app.use('/tenants/:tenant', list)
  app.use(/^\/any-\w+/, list)
}

test('a comment tag names the route and nothing of the request', async () => {
  const profiler = createProfiler({ commentTags: true, console: 'off' })
  const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), profiler)
  const app = express5()
  app.use(profileRequests(profiler))
  app.get('/people/:name', async (_request, response) => {
    const { rows } = await pool.query('select query from pg_stat_activity where pid = pg_backend_pid()')
    response.json(rows)
  })
  const server = http.createServer(app)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const response = await fetch(
    `http://127.0.0.1:${port}/people/${canary('tagged path')}?q=${canary('tagged query')}`,
  )
  const text = await response.text()
  server.close()
  await pool.end()
  expect(text).toContain('people')
  expect(leaks([{ name: 'comment tag', text }])).toEqual([])
})
