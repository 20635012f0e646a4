// Opens a line of the source in the editor of the developer. The line was recorded by a process; a browser only says which of
// the recorded lines it means.
import { statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import launchEditor from 'launch-editor'
import type { Frame } from '../../types/query.ts'
import { PanelError } from '../panel-api.ts'

/** A folder as the application sees it, and the same folder on this machine. */
export interface PathMapping {
  /** `/app` */
  inside: string
  /** `/home/me/project` */
  outside: string
}

export interface EditorOptions {
  /** The command of the editor. Default: the one that runs, or `EDITOR`. */
  editor?: string | undefined
  mappings?: readonly PathMapping[] | undefined
}

/** @throws PanelError when there is no such file on this machine. */
export function openLine(frame: Frame, folder: string | undefined, options: EditorOptions): void {
  const file = fileOf(frame.file, folder, options.mappings ?? [])
  if (file === undefined || !isFile(file))
    throw new PanelError(
      `${frame.file} is not on this machine. If the application runs in a container, map its folder: --map-path /app=.`,
    )
  const { line, column = 1 } = frame
  // The terminal belongs to the command that runs in it, so a failure is only an answer of the panel.
  launchEditor(`${file}:${Math.max(1, line)}:${Math.max(1, column)}`, options.editor)
}

/** Undefined for a name that is no path, such as `node:internal/process`. */
function fileOf(
  name: string,
  folder: string | undefined,
  mappings: readonly PathMapping[],
): string | undefined {
  if (!isAbsolute(name) && (folder === undefined || /^[a-z][a-z\d+.-]+:/i.test(name))) return undefined
  const path = isAbsolute(name) ? resolve(name) : resolve(folder ?? '', name)
  const mapping = mappings.find(({ inside }) => isWithin(path, inside))
  return mapping
    ? resolve(mapping.outside, `.${path.slice(mapping.inside.replace(/[\\/]$/, '').length)}`)
    : path
}

function isWithin(path: string, folder: string): boolean {
  const bare = folder.replace(/[\\/]$/, '')
  return path.startsWith(bare) && /^[\\/]/.test(path.slice(bare.length))
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
