import assert from 'node:assert'
import { after, test } from 'node:test'
import { ask, pool } from './app.mjs'

after(() => pool.end())

test('books', async () => assert.deepEqual(await ask('/books', '/books/at-once'), [200, 200]))
