// Loads modules that the user has written: the configuration file, formats and detectors. They are loaded synchronously,
// because a profiler is made synchronously. Node.js can load ES modules in this way since version 20.19.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { types } from 'node:util'

/**
 * Returns the default export of the module that an option names. The name is a path relative to the folder, or the name of
 * a package that is installed there.
 *
 * @throws Error that says why the module cannot be loaded.
 */
export function loadModule(name: string, folder: string): unknown {
  const path = resolve(folder, name)
  if (existsSync(path)) return loadModuleFile(path)
  return loadModuleFile(findPackage(name, folder))
}

/**
 * Returns the default export of the file, or its exports where CommonJS has no default export.
 *
 * @throws Error that says why the file cannot be loaded.
 */
export function loadModuleFile(path: string): unknown {
  const module: unknown = isTypeScript(path) ? loadTypeScript(path) : createRequire(path)(path)
  const { default: exported } = Object(module) as { default?: unknown }
  if (exported === undefined && types.isModuleNamespaceObject(module))
    throw new Error('it has no default export')
  return exported ?? module
}

function findPackage(name: string, folder: string): string {
  try {
    return createRequire(join(folder, 'package.json')).resolve(name)
  } catch {
    throw new Error(`there is neither a file ${resolve(folder, name)} nor a package ${name}`)
  }
}

function isTypeScript(path: string): boolean {
  return /\.[cm]?ts$/.test(path)
}

/** Node.js loads TypeScript itself or by a loader that is registered already; otherwise tsx does, if the project has it. */
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
      `this Node.js (${process.version}) does not load TypeScript; use 22.18 or later, install tsx, or write the file in ` +
        'JavaScript',
    )
  }
}

/** Whether Node.js cannot read the file. Errors that the file throws itself are different ones. */
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
