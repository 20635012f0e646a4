import { expect, test } from 'vitest'
import { repositoryPath } from '../../src/report/reporters/repository-path.ts'

test.each([
  ['a path below the working directory', 'src/a.ts', '/repo', undefined, 'src/a.ts'],
  ['an absolute one', '/repo/src/a.ts', '/repo', undefined, 'src/a.ts'],
  ['a package of a larger repository', 'src/a.ts', '/repo/packages/api', '/repo', 'packages/api/src/a.ts'],
  ['a file beside that package', '/repo/packages/db/b.ts', '/repo/packages/api', '/repo', 'packages/db/b.ts'],
  ['a path that goes up', '../db/b.ts', '/repo/packages/api', '/repo', 'packages/db/b.ts'],
  ['a root below the working directory', 'api/src/a.ts', '/repo', '/repo/api', 'src/a.ts'],
  ['steps that lead nowhere', './src/./x/../a.ts', '/repo', '/repo/', 'src/a.ts'],
  ['Windows', 'C:\\repo\\src\\a.ts', 'c:\\repo', undefined, 'src/a.ts'],
  ['Windows, relative', 'src\\a.ts', 'C:\\repo\\api', 'C:\\repo', 'api/src/a.ts'],
  ['a relative path where no folder is known', 'src/a.ts', undefined, undefined, 'src/a.ts'],
])('%s', (_what, file, cwd, root, path) => {
  expect(repositoryPath(file, options(cwd, root))).toBe(path)
})

test.each([
  ['a file elsewhere', '/usr/lib/a.js', '/repo', undefined],
  ['a folder whose name only begins alike', '/repository/a.ts', '/repo', undefined],
  ['a path that leaves', '../../a.ts', '/repo/api', '/repo'],
  ['a built-in', 'node:internal/a', '/repo', undefined],
  ['an address', 'https://example.com/a.js', '/repo', undefined],
  ['an absolute path where no folder is known', '/repo/a.ts', undefined, undefined],
  ['the root itself', '/repo', '/repo', undefined],
  ['another drive', 'D:\\repo\\a.ts', 'C:\\repo', undefined],
  ['nothing', '', '/repo', undefined],
])('%s has none', (_what, file, cwd, root) => {
  expect(repositoryPath(file, options(cwd, root))).toBeUndefined()
})

function options(cwd: string | undefined, root: string | undefined) {
  return { ...(cwd === undefined ? {} : { cwd }), ...(root === undefined ? {} : { root }) }
}
