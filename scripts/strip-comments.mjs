// Removes the comments from compiled JavaScript, which are a seventh of the package. They stay in the declarations, where
// editors show them, and in the repository.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'

/** @param {string} folder absolute path of a folder with compiled JavaScript */
export async function stripComments(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'))
  const strip = async (name) => {
    const file = join(folder, name)
    const { code } = await transform(readFileSync(file, 'utf8'), { charset: 'utf8', target: 'node20' })
    writeFileSync(file, code)
  }
  await Promise.all(names.map(strip))
}
