// Selects only the columns that are read, in a query of Drizzle. The rows have the names of the schema. The variable of the
// table is known only from the source.
import type { Expression } from '../code/expression.ts'
import { entriesOf, inLines, readExpression, textOf, withReplaced } from '../code/expression.ts'

/** Returns `undefined` when the names to write are unknown. */
export function selectedInDrizzle(
  text: string,
  names: readonly string[],
  written: string | undefined,
): string | undefined {
  if (RELATIONAL.test(text)) return relational(treeOf(names)).slice(2, -2)
  const expression = written === undefined ? undefined : readExpression(written)
  const selection = expression && selectionIn(expression, names)
  const [select] = expression?.calls ?? []
  if (!select || selection === undefined) return undefined
  const range = [select.open, select.close + 1] as const
  return inLines(withReplaced(expression as Expression, [{ range, by: `({ ${selection} })` }]))
}

/** The same query for one row. */
export function limitedInDrizzle(written: string): string | undefined {
  const expression = readExpression(written)
  const names = expression?.calls.map(({ name }) => name) ?? []
  if (!/^select(?:Distinct)?$/.test(names[0] ?? '') || names.some((name) => ENDS.test(name))) return undefined
  return inLines(`${written}.limit(1)`)
}

/** After these calls `limit` is not possible, or is there already. */
const ENDS = /^(?:limit|offset|for|union\w*|intersect\w*|except\w*|as|prepare|execute|then|\$\w+)$/

function selectionIn(expression: Expression, names: readonly string[]): string | undefined {
  const [select, from, ...others] = expression.calls
  if (!select || !/^select(?:Distinct)?$/.test(select.name) || from?.name !== 'from') return undefined
  const [list] = select.args
  if (list) {
    const entries = entriesOf(expression, list)
    const used = new Set(names.map((name) => name.split('.')[0]))
    const kept = entries?.filter(({ name }) => used.has(name))
    if (kept?.length !== used.size) return undefined
    return kept.map(({ name, value }) => `${name}: ${textOf(expression, value)}`).join(', ')
  }
  const [table] = from.args
  // The rows of a join are named after the tables, and the variables of the other tables are unknown.
  if (!table || others.some(({ name }) => name.endsWith('Join')) || !names.every((name) => NAME.test(name))) {
    return undefined
  }
  return names.map((name) => `${name}: ${textOf(expression, table)}.${name}`).join(', ')
}

const NAME = /^[A-Za-z_$][\w$]*$/

/** A relational query gives each table an alias. Before Drizzle 1.0 the alias is the name of the table. */
const RELATIONAL = /\bfrom ("?[\w$]+"?\.)?("?)([\w$]+)\2 (\2\3\2|as d0)\b/i

/** The name of a nested column is a path: `posts.title` is the column `title` of the relation `posts`. */
interface Tree {
  [name: string]: Tree | true
}

function treeOf(names: readonly string[]): Tree {
  const tree: Tree = {}
  for (const name of names) {
    const path = name.split('.')
    let node = tree
    for (const key of path.slice(0, -1)) {
      const below = node[key]
      const next: Tree = typeof below === 'object' ? below : {}
      node[key] = next
      node = next
    }
    node[path.at(-1) ?? name] = true
  }
  return tree
}

function relational(tree: Tree): string {
  const columns = Object.entries(tree).filter(([, below]) => below === true)
  const nested = Object.entries(tree).filter((entry): entry is [string, Tree] => entry[1] !== true)
  const parts = [
    `columns: { ${columns.map(([key]) => `${key}: true`).join(', ')} }`.replace('{  }', '{}'),
    ...(nested.length > 0
      ? [`with: { ${nested.map(([key, below]) => `${key}: ${relational(below)}`).join(', ')} }`]
      : []),
  ]
  return `{ ${parts.join(', ')} }`
}
