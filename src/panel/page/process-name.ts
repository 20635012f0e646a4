import type { PanelProcess } from '../messages.ts'

/** `server.js 4121`, with the number of the thread unless it is the main one. */
export function processName({ program, pid, thread }: PanelProcess): string {
  const file = program.split(/[\\/]/).at(-1) || program
  return `${file} ${pid}${thread > 0 ? `/${thread}` : ''}`
}
