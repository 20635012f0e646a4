// Reads which files of this repository import which, types included. An import in a comment counts as none.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export interface Import {
  /** The importing file, relative to the repository. */
  file: string
  /** The specifier as it is written. */
  name: string
  /** The imported file, relative to the repository; absent for a package. */
  target: string | undefined
  isType: boolean
}

const IMPORT =
  /^(?:import|export)\s(type\s)?[^'"]*?from '([^']+)'|^import '([^']+)'|^(?!\s*(?:\/\/|\*)).*?\bimport\('([^']+)'\)/gm

/** The TypeScript files below a folder of the repository. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name).replaceAll('\\', '/'))
}

export function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(IMPORT)].map(([, isType, from, sideEffect, dynamic]) => {
    const name = from ?? sideEffect ?? dynamic ?? ''
    const path = join(root, dirname(file), name)
    const target =
      name.startsWith('.') && existsSync(path) ? relative(root, path).replaceAll('\\', '/') : undefined
    return { file, name, target, isType: isType !== undefined }
  })
}
