import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isOwn } from '../../src/trace/call-site/call-site.ts'

const root = join(import.meta.dirname, '../..')

test.each(['src/profiler/profiler.ts', 'src/trace/live-trace.ts', 'adapters/pg/profile-pool.ts'])(
  '%s is code of this package',
  (file) => {
    expect(isOwn(join(root, file))).toBe(true)
  },
)

test.each(['test/trace/own-code.test.ts', 'examples/shop/app.ts', 'srcs/profiler.ts'])(
  '%s is no code of this package',
  (file) => {
    expect(isOwn(join(root, file))).toBe(false)
  },
)
