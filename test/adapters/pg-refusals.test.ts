// Tests the values that profilePool rejects, and its messages. The pool stays unchanged.
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { profilePool, unprofilePool } from '../../adapters/pg/index.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { testDatabase } from '../postgres/test-database.ts'

const database = await testDatabase()
afterEach(() => vi.restoreAllMocks())

test.each([
  ['frozen', Object.freeze],
  ['sealed', Object.seal],
  ['not extensible', Object.preventExtensions],
])('a pool that is %s is refused before anything of it is touched', (_how, close) => {
  const pool = close(new pg.Pool(database.config)) as pg.Pool
  const { Client } = pool as unknown as { Client: unknown }
  const listeners = pool.eventNames()
  expect(() => profilePool(pool, createProfiler({ console: 'off' }))).toThrow('frozen or sealed')
  expect(pool.query).toBe(pg.Pool.prototype.query)
  expect((pool as unknown as { Client: unknown }).Client).toBe(Client)
  expect(pool.eventNames()).toEqual(listeners)
})

test('a second profiler on one pool says that it sees nothing, and the same one again says nothing', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const pool = new pg.Pool(database.config)
  const first = createProfiler({ console: 'off' })
  profilePool(profilePool(pool, first), first)
  expect(warned).not.toHaveBeenCalled()
  const second = createProfiler({ console: 'off' })
  profilePool(pool, second)
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('sees none of its queries'))
  profilePool(unprofilePool(pool), second)
  expect(warned).toHaveBeenCalledTimes(1)
})

test('the stack of a connection that could not be had leads to who asked for it, and not through our files', async () => {
  const pool = profilePool(new pg.Pool({ ...database.config, max: 1 }), createProfiler({ console: 'off' }))
  const client = await pool.connect()
  // Not before: on a busy machine the first connection takes longer.
  pool.options.connectionTimeoutMillis = 20
  const error: Error = await askFor(pool)
  client.release()
  await pool.end()
  expect(error.message).toMatch(/timeout/)
  expect(error.stack).not.toContain('profile-pool')
  expect(error.stack).toContain('askFor')
})

async function askFor(pool: pg.Pool): Promise<Error> {
  try {
    await pool.connect()
  } catch (error) {
    return error as Error
  }
  throw new Error('there was a connection')
}
