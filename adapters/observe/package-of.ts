// Tells which package a file belongs to: by its path, and by its package.json, because a folder may have another name than
// the package in it.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The files of pg and Drizzle that matter are at most two folders below their package.json. */
const DEPTH = 3

const INSTALLED = '/node_modules/'

export interface Package {
  name: string
  version?: string
}

/** Reads the nearest package.json that has a name: some package.json files only state the kind of modules. */
export function packageOf(filename: string): Package | undefined {
  let folder = dirname(filename)
  for (let depth = 0; depth < DEPTH; depth++) {
    const file = join(folder, 'package.json')
    const { name, version } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
    if (name) return { name, version }
    folder = dirname(folder)
  }
  return undefined
}

/**
 * The folder of the installed package that a file lies in, and its name in the path: `name` or `@scope/name`. The last
 * `node_modules` of the path counts, which is right for the folders of pnpm too. Undefined for a file of the application.
 */
export function packageInPath(filename: string): { name: string; folder: string } | undefined {
  const path = filename.replaceAll('\\', '/')
  const start = path.lastIndexOf(INSTALLED)
  if (start < 0) return undefined
  const after = start + INSTALLED.length
  const [first = '', second = ''] = path.slice(after).split('/', 2)
  const name = first.startsWith('@') ? `${first}/${second}` : first
  return { name, folder: filename.slice(0, after + name.length) }
}
