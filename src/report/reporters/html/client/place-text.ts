import type { Frame } from '../../../../types/query.ts'

/** `src/orders.ts:41:9`. The short form is for lists: `orders.ts:41`. */
export function placeText({ file, line, column }: Frame, isShort = false): string {
  const name = isShort ? (file.split(/[\\/]/).at(-1) ?? file) : file
  return [name, ...(line ? [line] : []), ...(line && column && !isShort ? [column] : [])].join(':')
}
