import assert from 'node:assert'
import { after, test } from 'node:test'
import { ask, pool } from './app.mjs'

after(() => pool.end())

test('authors', async () => assert.deepEqual(await ask('/authors/5001', '/authors/5002'), [200, 200]))
