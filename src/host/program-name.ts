import { relative } from 'node:path'

/** The file that this process runs, without its arguments, because arguments may be values. */
export function programName(): string {
  const [, file] = process.argv
  return file ? relative(process.cwd(), file) || file : 'node'
}
