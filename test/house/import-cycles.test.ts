// Files that import each other can be neither read nor moved alone. Imports of types count as well.
import { expect, test } from 'vitest'
import { importsOf, sourcesIn } from './source-imports.ts'

const FOLDERS = ['src', 'adapters', 'test', 'examples', 'bench']

test('no files import each other, directly or through other files', () => {
  expect(cyclesOf(FOLDERS.flatMap(sourcesIn))).toEqual([])
})

test('a cycle of three files is found as a whole, and a file beside it is not', () => {
  const targets: Record<string, string[]> = { a: ['b'], b: ['c', 'd'], c: ['a'], d: [], e: ['a'] }
  expect(groupsOf(Object.keys(targets), (file) => targets[file] ?? [])).toEqual([['a', 'b', 'c']])
})

function cyclesOf(files: readonly string[]): string[][] {
  const known = new Set(files)
  return groupsOf(files, (file) =>
    importsOf(file).flatMap(({ target }) => (target !== undefined && known.has(target) ? [target] : [])),
  )
}

/** Groups of files each of which reaches all others of its group (Tarjan's strongly connected components). */
function groupsOf(files: readonly string[], targetsOf: (file: string) => readonly string[]): string[][] {
  const groups: string[][] = []
  const indexes = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []

  const visit = (file: string): number => {
    const index = indexes.size
    indexes.set(file, index)
    lowest.set(file, index)
    open.push(file)
    for (const target of targetsOf(file)) {
      const reached = indexes.has(target)
        ? open.includes(target)
          ? (indexes.get(target) as number)
          : index
        : visit(target)
      lowest.set(file, Math.min(lowest.get(file) as number, reached))
    }
    if (lowest.get(file) === index) {
      const group = open.splice(open.indexOf(file))
      if (group.length > 1) groups.push(group.sort())
    }
    return lowest.get(file) as number
  }

  for (const file of files) if (!indexes.has(file)) visit(file)
  return groups.sort(byFirst)
}

function byFirst([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1
}
