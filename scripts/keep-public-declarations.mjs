// Keeps the declaration files that a user's compiler can reach from an entry point, and removes all others: most files of the
// package declare nothing that an entry point exports. Relative imports in the remaining files name compiled files, because
// TypeScript before 5.7 rejects `./file.ts`.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** `from './file.ts'`, `import './file.ts'` and `import('./file.ts')`. */
const RELATIVE_IMPORT = /((?:\bfrom|\bimport)\s*\(?\s*['"])(\.{1,2}\/[^'"\n]+?)\.[jt]s(?=['"])/g

/**
 * @param {string} folder the compiled package
 * @param {readonly string[]} entries absolute paths of compiled files
 */
export function keepPublicDeclarations(folder, entries) {
  const reached = new Set()
  for (const entry of entries) reach(entry.replace(/\.js$/, '.d.ts'), reached)
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = join(folder, name)
    if (name.endsWith('.d.ts') && !reached.has(path)) rmSync(path)
  }
}

function reach(declaration, reached) {
  if (reached.has(declaration)) return
  reached.add(declaration)
  const imported = []
  const text = readFileSync(declaration, 'utf8').replace(RELATIVE_IMPORT, (_all, opening, path) => {
    imported.push(join(dirname(declaration), `${path}.d.ts`))
    return `${opening}${path}.js`
  })
  writeFileSync(declaration, text)
  for (const next of imported) reach(next, reached)
}
