// The file by which processes and commands find a running panel. Everyone who can read it can read all traces.
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parsePanelAddress } from '../../src/panel/panel-address.ts'
import { announcePanel, findPanel, findPanels } from '../../src/panel/panel-file.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { panelPlaces } from './panel-places.ts'

const TOKEN = 'a'.repeat(43)
const startedAt = '2026-01-01T00:00:00.000Z'
let folder = ''

beforeEach(() => {
  const home = temporaryFolder()
  for (const [name, value] of Object.entries(panelPlaces(home))) vi.stubEnv(name, value)
  vi.stubEnv('XDG_CACHE_HOME', join(home, 'cache'))
  folder = join(home, 'pg-loupe')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

function announce(over: Partial<Parameters<typeof announcePanel>[0]> & { port?: number } = {}) {
  const { port = 4983, ...rest } = over
  const address = `http://127.0.0.1:${port}/?token=${TOKEN}`
  return announcePanel({ address, folder: '/shop', pid: process.pid, startedAt, ...rest })
}

/** A process that has ended. */
const DEAD = 2 ** 22 + 12_345

test('a running panel is found, with its token, until it ends', () => {
  const withdraw = announce()
  expect(findPanel('/shop')).toMatchObject({
    port: 4983,
    token: TOKEN,
    url: 'http://127.0.0.1:4983/',
    folder: '/shop',
  })
  withdraw()
  expect(findPanel('/shop')).toBeUndefined()
  expect(readdirSync(folder)).toEqual([])
})

test.skipIf(process.platform === 'win32')('only its owner can read the file and list its folder', () => {
  announce()
  const [name = ''] = readdirSync(folder)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})

test('the panel of the working directory comes before newer ones, and newer ones before older ones', () => {
  announce({ port: 5001, folder: '/other', startedAt: '2026-01-03T00:00:00.000Z' })
  announce({ port: 5002, folder: '/shop', startedAt: '2026-01-01T00:00:00.000Z' })
  announce({ port: 5003, folder: '/shop', startedAt: '2026-01-02T00:00:00.000Z' })
  expect(findPanels('/shop').map(({ port }) => port)).toEqual([5003, 5002, 5001])
  expect(findPanel('/elsewhere')?.port).toBe(5001)
})

test('a file of a process that was killed is left out, and removed by the next panel', () => {
  announce({ pid: DEAD })
  expect(findPanel('/shop')).toBeUndefined()
  announce({ port: 5001 })
  expect(readdirSync(folder)).toHaveLength(1)
})

test('an older file for the port of a running panel is left out', () => {
  announce({ startedAt: '2026-01-01T00:00:00.000Z', folder: '/shop', pid: process.ppid })
  announce({ startedAt: '2026-01-02T00:00:00.000Z', folder: '/other' })
  expect(findPanels('/shop').map((panel) => panel.folder)).toEqual(['/other'])
})

test.skipIf(process.platform === 'win32')(
  'a file or a folder that others could read or write is never used',
  () => {
    announce()
    const [name = ''] = readdirSync(folder)
    chmodSync(join(folder, name), 0o640)
    expect(findPanel('/shop')).toBeUndefined()
    chmodSync(join(folder, name), 0o600)
    expect(findPanel('/shop')).toBeDefined()
    chmodSync(folder, 0o755)
    expect(findPanel('/shop')).toBeUndefined()
  },
)

test.skipIf(process.platform === 'win32')('a link to a file is not followed', () => {
  announce()
  const [name = ''] = readdirSync(folder)
  const text = readFileSync(join(folder, name), 'utf8')
  const outside = join(folder, '../outside.json')
  writeFileSync(outside, text, { mode: 0o600 })
  announce()()
  symlinkSync(outside, join(folder, 'panel-1-00000000.json'))
  expect(findPanels('/shop')).toHaveLength(1)
})

test.skipIf(process.platform === 'win32')('a folder that others can read is not written to', () => {
  mkdirSync(folder, { mode: 0o755 })
  announce()
  expect(readdirSync(folder)).toEqual([])
  expect(findPanel('/shop')).toBeDefined()
})

test.each([
  'not JSON',
  '{}',
  '{"address":1}',
  JSON.stringify({ address: 'http://127.0.0.1:1/?token=short', folder: '/', pid: 1, startedAt }),
  JSON.stringify({ address: `file:///etc/passwd?token=${TOKEN}`, folder: '/', pid: 1, startedAt }),
  'x'.repeat(100_000),
])('a file that holds something else is left out: %#', (text) => {
  announce()()
  writeFileSync(join(folder, 'panel-1-00000000.json'), text, { mode: 0o600 })
  expect(findPanels('/shop')).toEqual([])
})

test.each([
  [`http://127.0.0.1:4983/?token=${TOKEN}`, '127.0.0.1', 4983],
  [`http://[::1]:5000/?token=${TOKEN}`, '::1', 5000],
  [`http://devbox/?token=${TOKEN}`, 'devbox', 80],
])('the address %s is read', (text, host, port) => {
  expect(parsePanelAddress(text)).toMatchObject({ host, port, token: TOKEN })
})

test.each(['', 'true', '4983', 'http://127.0.0.1:4983/', `https://127.0.0.1:4983/?token=${TOKEN}`])(
  'the address "%s" is refused with what is expected, without the token',
  (text) => {
    expect(() => parsePanelAddress(text)).toThrow(/expected an address as pg-loupe dev prints it/)
    expect(() => parsePanelAddress(text)).not.toThrow(TOKEN)
  },
)
