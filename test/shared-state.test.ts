import { expect, test } from 'vitest'
import { sharedState } from '../src/profiler/shared-state.ts'

test('jest 30 is asked to keep the shared state when it cleans up after a test file', () => {
  expect(Reflect.get(sharedState(), Symbol.for('$$jest-protect-from-deletion'))).toEqual([])
})
