// The name of a test's trace: the file, the suites and the test, in the form in which people search for it:
// `test/orders.test.ts > orders > asks once`.
import { isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface TestPlace {
  /** A path or URL. Names of built-in modules and the like do not count as files. */
  file?: string | undefined
  /** The suites from the outermost to the innermost, then the test. */
  names: readonly string[]
}

export function testName({ file, names }: TestPlace): { name: string; file?: string } {
  const path = file && relativePath(file.startsWith('file:') ? fileURLToPath(file) : file)
  const parts = [path, ...names].filter((part) => part !== undefined && part !== '')
  return { name: parts.join(' > '), ...(path ? { file: path } : {}) }
}

/** Relative to the working directory, so that names do not depend on where the project is on a machine. */
function relativePath(file: string): string {
  if (!isAbsolute(file)) return file
  return relative(process.cwd(), file).replaceAll(sep, '/')
}
