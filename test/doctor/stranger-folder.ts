// The folder of an application that has pg-loupe and the libraries of this repository installed, as a stranger has them.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'

const root = join(import.meta.dirname, '../..')
const INSTALLED = ['pg', 'express', 'express4', 'drizzle-orm', 'vitest', 'supertest', 'tsx']

/** Writes the files, by their path, and returns the folder. A test that runs beside others says which it is. */
export function strangerFolder(
  files: Readonly<Record<string, string>>,
  context?: Parameters<typeof temporaryFolder>[0],
): string {
  const folder = temporaryFolder(context)
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(root, join(modules, 'pg-loupe'))
  for (const name of INSTALLED) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const [path, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
