import { expect, test } from 'vitest'
import { ask } from './app.mjs'

// Its request ends a moment before Vitest kills the worker, and the pool stays open.
test('books', async () => expect(await ask('/books')).toEqual([200]))
