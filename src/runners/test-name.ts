// The name of a test's trace: file, suites and test, as people look for it: `test/orders.test.ts > orders > asks once`.
import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface TestPlace {
  /** Path or URL; names of built-in modules and the like are none. */
  file?: string | undefined
  /** The suites from the outermost, then the test. */
  names: readonly string[]
}

export function testName({ file, names }: TestPlace): { name: string; file?: string } {
  const path = file && relativePath(file.startsWith('file:') ? fileURLToPath(file) : file)
  const parts = [path, ...names].filter((part) => part !== undefined && part !== '')
  return { name: parts.join(' > '), ...(path ? { file: path } : {}) }
}

/** Relative to the working directory, so that no name holds where a machine keeps the project. */
function relativePath(file: string): string {
  if (!isAbsolute(file)) return file
  return relative(process.cwd(), file).replaceAll(sep, '/')
}
