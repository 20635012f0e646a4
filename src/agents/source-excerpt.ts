// A few lines of the application's source around a place. Only files of source code below the folder of the process are read:
// nothing of node_modules, nothing that a link leads outside to, and nothing large.
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { extname, isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Frame } from '../types/query.ts'
import { quoteLine } from './quoted-text.ts'

/** Numbered lines, the line of the place with a mark. Empty when the source cannot be shown. */
export type ReadSource = (place: Frame, folder: string, linesAround: number) => readonly string[]

const SOURCE = new Set('.js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .astro'.split(' '))
const MOST_BYTES = 1024 * 1024

export const readSource: ReadSource = ({ file, line }, folder, linesAround) => {
  if (!(line > 0)) return []
  const text = readBelow(folder, file)
  if (text === undefined) return []
  const lines = text.split(/\r?\n/)
  if (line > lines.length) return []
  const first = Math.max(1, line - linesAround)
  const last = Math.min(lines.length, line + linesAround)
  const width = String(last).length
  return lines.slice(first - 1, last).map((content, index) => {
    const number = first + index
    return `${number === line ? '>' : ' '} ${String(number).padStart(width)} ${quoteLine(content)}`
  })
}

function readBelow(folder: string, file: string): string | undefined {
  try {
    const root = realpathSync(folder)
    const path = realpathSync(resolve(root, file.startsWith('file:') ? fileURLToPath(file) : file))
    const below = relative(root, path)
    if (below.startsWith('..') || isAbsolute(below)) return undefined
    if (below.split(sep).includes('node_modules') || !SOURCE.has(extname(path))) return undefined
    return readSmall(path)
  } catch {
    // The file has been moved, or is not on this machine.
    return undefined
  }
}

/** A named pipe would block without O_NONBLOCK. */
function readSmall(path: string): string | undefined {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const { size, isFile } = describe(file)
    return isFile && size <= MOST_BYTES ? readFileSync(file, 'utf8') : undefined
  } finally {
    closeSync(file)
  }
}

function describe(file: number): { size: number; isFile: boolean } {
  const stat = fstatSync(file)
  return { size: stat.size, isFile: stat.isFile() }
}
