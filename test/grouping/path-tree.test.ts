// Finding a group in the tree is the same as comparing its path with that of each group, one after the other.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pathTree } from '../../src/grouping/path-tree.ts'
import type { CallSite } from '../../src/types/query.ts'

interface Group {
  path: CallSite
}

test('paths form the same groups in any order', () => {
  const frame = fc.record({
    file: fc.constantFrom('a', 'b'),
    line: fc.integer({ min: 1, max: 2 }),
    column: fc.integer({ min: 1, max: 2 }),
  })
  fc.assert(
    fc.property(fc.array(fc.array(frame, { maxLength: 4 }), { maxLength: 12 }), (paths) => {
      const tree = pathTree<Group>()
      expect(groupBy(paths, (path) => tree.find(path), tree.add)).toEqual(
        groupBy(
          paths,
          (path, groups) => groups.find((group) => isSamePath(group.path, path)),
          () => {},
        ),
      )
    }),
    { numRuns: 2000 },
  )
})

function groupBy(
  paths: readonly CallSite[],
  find: (path: CallSite, groups: readonly Group[]) => Group | undefined,
  add: (path: CallSite, group: Group) => void,
): number[] {
  const groups: Group[] = []
  return paths.map((path) => {
    let group = find(path, groups)
    if (!group) {
      group = { path }
      groups.push(group)
      add(path, group)
    } else if (path.length > group.path.length) {
      group.path = path
      add(path, group)
    }
    return groups.indexOf(group)
  })
}

function isSamePath(a: CallSite, b: CallSite): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a]
  return shorter.every((frame, depth) => {
    const other = longer[depth]
    return (
      frame.file === other?.file && frame.line === other.line && (depth > 0 || frame.column === other.column)
    )
  })
}
