import { expect, test } from 'vitest'
import { ask } from './app.mjs'

// The request of this test ends a moment before vitest kills the worker, and the pool stays open.
test('books', async () => expect(await ask('/books')).toEqual([200]))
