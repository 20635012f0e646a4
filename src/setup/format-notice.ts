// A notice as lines of text: what was seen, what is lost, what to do next.
import type { Notice } from './notice.ts'

/** `folder` is the one that places are relative to. */
export function formatNotice({ seen, lost, nextStep, place }: Notice, folder: string): string {
  const at = place ? ` (${relativePath(place.file, folder)}:${place.line})` : ''
  return [`pg-loupe: ${seen}${at}`, `  lost  ${lost}`, `  next  ${nextStep}`].join('\n')
}

function relativePath(file: string, folder: string): string {
  const start = `${folder}${folder.includes('\\') ? '\\' : '/'}`
  return file.startsWith(start) ? file.slice(start.length) : file
}
