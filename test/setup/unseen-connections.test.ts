// Under pg-loupe/register, a connection to PostgreSQL that no pg has opened that could be found.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { runBuilt } from '../cli/built-command.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { applicationFolder, database, runFile } from './run-application.ts'

const REGISTER = ['--require', 'pg-loupe/register']
const QUERY = `
const pg = require('pg')
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
pool.query('select 1').then(() => pool.end())
`
/** Sends the start of PostgreSQL's protocol, as a driver of its own does, and goes. */
const OTHER_DRIVER = `
const { connect } = require('node:net')
exports.connect = (url, bytes) => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) }, () => {
    socket.write(bytes)
    socket.end()
  })
}
`
const SSL_REQUEST = `Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])`
const ASKED_ONLY = `Buffer.from('hello')`

function application(text: string): string {
  const folder = applicationFolder()
  mkdirSync(join(folder, 'node_modules/other-driver'))
  writeFileSync(join(folder, 'node_modules/other-driver/index.js'), OTHER_DRIVER)
  const file = join(folder, 'application.cjs')
  writeFileSync(file, text)
  return file
}

async function bundled(text: string, external: string[]): Promise<string> {
  const file = application(text)
  const outfile = file.replace('application', 'bundle')
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    external: ['pg-native', 'pg-loupe', ...external],
    logLevel: 'silent',
  })
  return outfile
}

test('(j) a pg inside a bundle is named, and one outside of it is not', async () => {
  const inside = await runFile(await bundled(QUERY, []), REGISTER)
  expect(inside.notices).toEqual([
    expect.stringMatching(
      /^A connection to PostgreSQL was opened by a driver inside a bundle, where pg-loupe cannot find it\. \(bundle\.cjs:\d+\)$/,
    ),
  ])
  expect((await runFile(await bundled(QUERY, ['pg']), REGISTER)).notices).toEqual([])
  expect((await runFile(application(QUERY), REGISTER)).notices).toEqual([])
})

test('a pool inside a bundle that the bundle hands to profilePool is not named', async () => {
  const profiled = QUERY.replace('pool.query', `require('pg-loupe/pg').profilePool(pool).query`)
  const traced = `require('pg-loupe').defaultProfiler().trace('job', async () => {${profiled.replace('pool.end()', 'setTimeout(() => pool.end(), 500)')}})`
  expect((await runFile(await bundled(traced, []), REGISTER)).notices).toEqual([])
})

test('another driver is named, and who only looks whether the port is open is not', async () => {
  const connect = (bytes: string) =>
    application(`require('other-driver').connect(process.env.DATABASE_URL, ${bytes})`)
  const { notices } = await runFile(connect(SSL_REQUEST), REGISTER)
  expect(notices).toEqual([
    expect.stringMatching(
      /^A connection to PostgreSQL was opened by other-driver, which sends its queries neither through pg nor through postgres\.js\./,
    ),
  ])
  expect((await runFile(connect(ASKED_ONLY), REGISTER)).notices).toEqual([])
})

test('a run that saw nothing because of it says so', async () => {
  const file = await bundled(QUERY, [])
  const { stdout, stderr } = await runBuilt(['run', '--', process.execPath, file], {
    cwd: temporaryFolder(),
    env: { ...process.env, NODE_ENV: 'development', DATABASE_URL: database.url },
  })
  expect(stdout + stderr).toContain(
    'a connection to PostgreSQL was opened, but not by a pg that can be found',
  )
})
