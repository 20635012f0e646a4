// Errors of the profiler while it watches a query of Drizzle stay its own.
import { expect, test, vi } from 'vitest'
import { watchAwaiting, watchExecuting } from '../../adapters/drizzle/watch-queries.ts'
import { createProfiler } from '../../src/profiler/profiler.ts'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'
import { sharedState } from '../../src/profiler/shared-state.ts'

class Builder {
  // biome-ignore lint/suspicious/noThenProperty: it stands for a builder, which is awaited
  then(onFulfilled: (rows: unknown) => unknown): unknown {
    const origin = sharedState().origin.getStore()
    if (origin) origin.recording = { mapped: fails, handsOver: fails } as never
    return Promise.resolve([{ id: 1 }]).then(onFulfilled)
  }
}

class Prepared {
  queryMetadata = { tables: fails }
  execute(): unknown {
    return sharedState().origin.getStore()?.tables?.()
  }
}

function fails(): never {
  throw new Error('mine')
}

test('an error while rows are noted is counted, and the application gets its rows', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const profiler = createProfiler({ console: 'off' })
  sharedState().drizzleRecorders.add(recorderOf(profiler))
  const undo = watchAwaiting(Builder.prototype, () => true)
  try {
    expect(await new Builder()).toEqual([{ id: 1 }])
    expect(profiler.report().cut.internalErrors).toBe(1)
    // The place and the class; a message may hold a value.
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/not affected: Error\n.*fails \(.*drizzle-errors\.test/),
    )
    expect(warn).not.toHaveBeenCalledWith(expect.stringContaining('mine'))
  } finally {
    warn.mockRestore()
    undo()
    sharedState().drizzleRecorders.delete(recorderOf(profiler))
  }
})

test('tables that cannot be told are none', () => {
  const undo = watchExecuting(Prepared.prototype, () => true)
  expect(new Prepared().execute()).toEqual([])
  undo()
})
