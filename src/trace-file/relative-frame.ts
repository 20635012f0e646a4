// Paths in stored files: relative to the working directory when they are below it, with forward slashes, so that two machines
// write the same. Other paths stay absolute.
import { isAbsolute, relative, sep } from 'node:path'
import type { Frame } from '../types/query.ts'

/** Without a folder it stays as it is. */
export function relativeFrame(frame: Frame, folder: string | undefined): Frame {
  if (folder === undefined || !isAbsolute(frame.file)) return frame
  const file = relative(folder, frame.file)
  if (file === '' || file === '..' || file.startsWith(`..${sep}`) || isAbsolute(file)) return frame
  return { ...frame, file: sep === '/' ? file : file.replaceAll(sep, '/') }
}
