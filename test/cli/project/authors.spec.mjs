import { expect, test } from 'vitest'
import { ask } from './app.mjs'

// The request of this test ends a moment before vitest kills the worker, and the pool stays open.
test('authors', async () => expect(await ask('/authors/5001')).toEqual([200]))
