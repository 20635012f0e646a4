// A store in the application's own cls-hooked namespace keeps what every store has to keep.
import { expect, test } from 'vitest'
import { clsHookedContext } from '../../adapters/cls-hooked.ts'
import { testDatabase } from '../postgres/test-database.ts'
import { contextContract } from './context-contract.ts'

contextContract(await testDatabase(), clsHookedContext)

test.each([
  ['nothing', undefined, 'but got undefined'],
  ['null', null, 'but got null'],
  ['the name of one', 'application', 'but got string'],
])('%s instead of a namespace fails at the call', (_name, value, message) => {
  expect(() => clsHookedContext(value as never)).toThrow(TypeError)
  expect(() => clsHookedContext(value as never)).toThrow(message)
})
