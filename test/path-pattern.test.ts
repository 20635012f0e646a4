// Tests `path` of a suppression; test/call-sites/application-code.test.ts tests `application`.
import { expect, test } from 'vitest'
import { wholePath } from '../src/path-pattern.ts'

test.each<[string, string, boolean]>([
  ['src/db.ts', 'src/db.ts', true],
  ['src/db.ts', 'old/src/db.ts', false],
  ['src', 'src/orders/list.ts', true],
  ['./src/', 'src/orders/list.ts', true],
  ['src', 'srcs/list.ts', false],
  ['src/*.ts', 'src/list.ts', true],
  ['src/*.ts', 'src/orders/list.ts', false],
  ['src/**/*.ts', 'src/list.ts', true],
  ['src/**/*.ts', 'src/orders/deep/list.ts', true],
  ['**', '../shared/list.ts', true],
  ['./', 'src/list.ts', true],
  ['app/[id]/(shop)/page.ts', 'app/[id]/(shop)/page.ts', true],
  ['/shop/src', '/shop/src/list.ts', true],
])('%s on %s: %s', (pattern, path, expected) => expect(wholePath(pattern)(path)).toBe(expected))
