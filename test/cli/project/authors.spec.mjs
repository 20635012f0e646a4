import { expect, test } from 'vitest'
import { ask } from './app.mjs'

// Its request ends a moment before Vitest kills the worker, and the pool stays open.
test('authors', async () => expect(await ask('/authors/5001')).toEqual([200]))
