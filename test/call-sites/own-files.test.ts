// The files of this package are known by the folder of the file that captures stacks, so a move of that file must not hide them.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isOwn } from '../../src/trace/call-site/call-site.ts'

const root = join(import.meta.dirname, '../..')

test.each(['src/index.ts', 'src/trace/live-trace.ts', 'adapters/pg/index.ts'])(
  '%s is a file of this package',
  (file) => {
    expect(isOwn(join(root, file))).toBe(true)
  },
)

test.each(['test/call-sites/own-files.test.ts', 'examples/shop/app.ts', 'node_modules/pg/lib/index.js'])(
  '%s is none',
  (file) => {
    expect(isOwn(join(root, file))).toBe(false)
  },
)
