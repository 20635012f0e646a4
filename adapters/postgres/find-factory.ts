// Finds the function that makes pools in the copy of postgres.js that made a pool, by the file of its class. A copy inside of a
// bundle has no such file.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { packageOf } from '../observe/package-of.ts'
import type { PostgresFactory } from './own-connection.ts'

export interface PackageOfCopy {
  /** The file that exports the function. */
  index: string
  version: string | undefined
}

/** `files` are those on the stack when the copy made a query. `undefined` when none of them is a file of postgres.js. */
export function packageOfCopy(files: readonly string[]): PackageOfCopy | undefined {
  const file = files.find((file) => QUERY_FILE.test(file))
  if (!file) return undefined
  const index = join(dirname(file.startsWith('file:') ? fileURLToPath(file) : file), 'index.js')
  const found = packageOf(index)
  return found?.name === 'postgres' ? { index, version: found.version } : undefined
}

/** The module is loaded already, so this only looks it up. `require` finds ES modules too, except before Node.js 22.12 in version 22. */
export async function factoryIn({ index }: PackageOfCopy): Promise<PostgresFactory> {
  try {
    const found = createRequire(index)(index) as PostgresFactory | { default: PostgresFactory }
    return 'default' in found ? found.default : found
  } catch {
    return (await importFile(pathToFileURL(index).href)).default
  }
}

const QUERY_FILE = /[\\/]src[\\/]query\.js$/

/** In this form it remains an import when TypeScript compiles to CommonJS. */
const importFile = new Function('url', 'return import(url)') as (
  url: string,
) => Promise<{ default: PostgresFactory }>
