// Finds and loads `pg-loupe.config.*`: in the working directory or the nearest folder above it, up to that of the
// repository or else the package. Synchronously, because a profiler is made that way; Node.js loads ES modules so since 20.19.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { types } from 'node:util'
import { BYTE_ORDER_MARK } from '../trace-file/read-lines.ts'
import { type CheckedConfig, checkConfig } from './config.ts'
import { assertKind } from './file-kind.ts'

const EXTENSIONS = ['ts', 'js', 'mjs', 'cjs', 'json']

/**
 * That of `file`, or the nearest one from the working directory; without one there are no options.
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
 * Beyond the project anybody may have written the file, such as in the folder for temporary files, and it is executed. It
 * ends at its repository, or else at its package.
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
    return exported(isTypeScript(path) ? loadTypeScript(path) : createRequire(path)(path))
  } catch (error) {
    throw new Error(`${path} cannot be loaded: ${(error as Error).message}`)
  }
}

function exported(module: unknown): unknown {
  const { default: config } = Object(module) as { default?: unknown }
  if (config === undefined && types.isModuleNamespaceObject(module))
    throw new Error('it has no default export')
  return config ?? module
}

function isTypeScript(path: string): boolean {
  return /\.[cm]?ts$/.test(path)
}

/** By Node.js itself or by a loader that is at work already, else by tsx where the project has it. */
function loadTypeScript(path: string): unknown {
  const load = createRequire(path)
  try {
    return load(path)
  } catch (error) {
    if (!isNotUnderstood(error)) throw error
    const tsx = findTsx(load)
    if (tsx) return tsx.require(path, path)
    if ('typescript' in process.features && process.features.typescript) throw error
    throw new Error(
      `this Node.js (${process.version}) reads no TypeScript; use 22.18 or later, install tsx, or write it as ` +
        'pg-loupe.config.mjs or .json',
    )
  }
}

/** What the file does itself is none of these. */
function isNotUnderstood(error: unknown): boolean {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown }
  return name === 'SyntaxError' || code === 'ERR_UNKNOWN_FILE_EXTENSION'
}

function findTsx(load: NodeJS.Require): { require(path: string, from: string): unknown } | undefined {
  try {
    return load('tsx/cjs/api')
  } catch {
    return undefined
  }
}
