// Finds and loads `pg-loupe.config.*` in the working directory or the nearest folder above it. The search ends at the folder
// of the repository, or else of the package.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { BYTE_ORDER_MARK } from '../trace-file/read-lines.ts'
import { type CheckedConfig, checkConfig } from './config.ts'
import { assertKind } from './file-kind.ts'
import { loadModuleFile } from './load-module.ts'

const EXTENSIONS = ['ts', 'js', 'mjs', 'cjs', 'json']

/**
 * Returns the options of `file`, or of the nearest configuration file from the working directory. There are none when there
 * is no file.
 *
 * @throws Error that names the file and why it cannot be loaded, or what is wrong in it.
 */
export function readConfig(file?: string, folder = process.cwd()): CheckedConfig {
  const path = file === undefined ? findConfig(folder) : resolve(folder, file)
  if (path === undefined) return { options: {} }
  if (!existsSync(path)) throw new Error(`${file} does not exist`)
  assertKind(path, 'configuration')
  return checkConfig(loadConfig(path), path)
}

function findConfig(folder: string, top = topOfProject(folder)): string | undefined {
  const found = EXTENSIONS.map((extension) => join(folder, `pg-loupe.config.${extension}`)).filter((path) =>
    existsSync(path),
  )
  if (found.length > 1) throw new Error(`there are ${found.join(' and ')}: keep one of them`)
  const above = dirname(folder)
  if (found.length === 1 || above === folder || folder === top) return found[0]
  return findConfig(above, top)
}

/**
 * The file is executed, and outside of the project anybody may have written one, for example in the folder for temporary
 * files. The project ends at its repository, or else at its package.
 */
function topOfProject(folder: string): string {
  return nearestWith('.git', folder) ?? nearestWith('package.json', folder) ?? folder
}

function nearestWith(name: string, folder: string): string | undefined {
  if (existsSync(join(folder, name))) return folder
  const above = dirname(folder)
  return above === folder ? undefined : nearestWith(name, above)
}

function loadConfig(path: string): unknown {
  try {
    if (path.endsWith('.json')) return JSON.parse(readFileSync(path, 'utf8').replace(BYTE_ORDER_MARK, ''))
    return loadModuleFile(path)
  } catch (error) {
    throw new Error(`${path} cannot be loaded: ${(error as Error).message}`)
  }
}
