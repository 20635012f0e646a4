// Which package a file belongs to: the folder may have another name than the package.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** pg and Drizzle have the files that matter at most two folders below their package.json. */
const DEPTH = 3

export interface Package {
  name: string
  version?: string
}

/** What the nearest package.json says that has a name: some only tell the kind of modules. */
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
