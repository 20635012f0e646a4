// Groups by the paths that lead to them, to be found by a path that is the same, or the beginning of one of theirs, or goes
// on where one of theirs ends. Looking one up costs the length of the path, however many groups there are.
import type { CallSite, Frame } from '../types/query.ts'

export interface PathTree<Group> {
  /** The first group whose path is a beginning of this one, or begins with it. */
  find(path: CallSite): Group | undefined
  /** `path` is new, or goes on where the group's former one ends. */
  add(path: CallSite, group: Group): void
}

interface Node<Group> {
  /** The first group whose path leads through here. */
  first: Group
  /** The group whose path ends here. */
  end: Group | undefined
  next: Map<string, Node<Group>>
}

export function pathTree<Group>(): PathTree<Group> {
  const start = new Map<string, Node<Group>>()
  return {
    find(path) {
      let nodes = start
      let node: Node<Group> | undefined
      for (const step of stepsOf(path)) {
        node = nodes.get(step)
        if (!node || node.end !== undefined) return node?.end
        nodes = node.next
      }
      return node?.first
    },
    add(path, group) {
      let nodes = start
      let node: Node<Group> | undefined
      for (const step of stepsOf(path)) {
        if (node?.end === group) node.end = undefined
        node = nodes.get(step) ?? { first: group, end: undefined, next: new Map() }
        nodes.set(step, node)
        nodes = node.next
      }
      if (node) node.end = group
    },
  }
}

const NO_PATH = ['']

function stepsOf(path: CallSite): readonly string[] {
  return path.length === 0 ? NO_PATH : path.map(stepOf)
}

/** Callers are compared by line: while running they stand at the call's column, once awaited at that of the `await`. */
function stepOf({ file, line, column }: Frame, depth: number): string {
  return depth === 0 ? `${file}:${line}:${column}` : `${file}:${line}`
}
