// Small readers for the parser's trees, shared by analysis and bounds. The trees are protobuf messages as JSON, in which
// fields that are 0, false or empty are missing.

import type { A_Const, Node, String as StringNode } from 'libpg-query'

type Fields<T> = T extends unknown ? keyof T : never
export type NodeName = Fields<Node>
export type NodeFields<Name extends NodeName> = Extract<Node, Record<Name, unknown>>[Name]

/** The fields of a node when it is of that kind. */
export function as<Name extends NodeName>(node: Node | undefined, name: Name): NodeFields<Name> | undefined {
  return node === undefined
    ? undefined
    : (node as unknown as Record<string, NodeFields<Name>>)[name as string]
}

/** The texts of a list of String nodes. Other nodes are skipped. */
export function strings(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => {
    const text = (as(node, 'String') as StringNode | undefined)?.sval
    return text === undefined ? [] : [text]
  })
}

export type ConstantValue = string | number | boolean | null

/** Integers are numbers. Other numeric constants stay text, because PostgreSQL's numbers can exceed JavaScript's. */
export function constantValue(constant: A_Const): ConstantValue {
  if (constant.isnull === true) return null
  if (constant.ival !== undefined) return constant.ival.ival ?? 0
  if (constant.boolval !== undefined) return constant.boolval.boolval ?? false
  if (constant.fval !== undefined) return constant.fval.fval ?? '0'
  if (constant.bsval !== undefined) return constant.bsval.bsval ?? ''
  return constant.sval?.sval ?? ''
}

/** The node inside of any casts. */
export function withoutCasts(node: Node | undefined): Node | undefined {
  let inner = node
  for (let cast = as(inner, 'TypeCast'); cast !== undefined; cast = as(inner, 'TypeCast')) inner = cast.arg
  return inner
}

/** Calls `visit` for each direct child of a node, whatever its kind. */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  for (const fields of Object.values(node)) eachNodeIn(fields, visit)
}

function eachNodeIn(value: unknown, visit: (child: Node) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) if (isNode(item)) visit(item)
    return
  }
  for (const field of Object.values(value)) {
    if (isNode(field)) visit(field)
    else eachNodeIn(field, visit)
  }
}

/** A node is an object with a single key, the name of its kind. Fields are in lower case. */
function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const keys = Object.keys(value)
  return keys.length === 1 && /^[A-Z]/.test(keys[0] as string)
}

/** PostgreSQL 18 wraps the list to make room for OLD and NEW. */
export function returningOf(statement: object): Node[] | undefined {
  const { returningClause, returningList } = statement as {
    returningClause?: { exprs?: Node[] }
    returningList?: Node[]
  }
  return returningClause?.exprs ?? returningList
}
