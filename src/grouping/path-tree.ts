// Keeps groups by the call paths that lead to them. A group is found by an equal path, by the beginning of one of its
// paths, or by a path that continues one of them. A lookup costs the length of the path, however many groups there are.
import type { CallSite, Frame } from '../types/query.ts'

export interface PathTree<Group> {
  /** The first group whose path is the beginning of this path, or begins with it. */
  find(path: CallSite): Group | undefined
  /** `path` is new, or continues the former path of the group. */
  add(path: CallSite, group: Group): void
}

interface Node<Group> {
  /** The first group whose path leads through this node. */
  first: Group
  /** The group whose path ends at this node. */
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

/**
 * Callers are compared by line only. Their column is that of the call while they are running, and that of the `await`
 * while they wait.
 */
function stepOf({ file, line, column }: Frame, depth: number): string {
  return depth === 0 ? `${file}:${line}:${column}` : `${file}:${line}`
}
