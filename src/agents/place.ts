// A line of source in an answer: `src/orders.ts:41:9 list`.
import { formatFrame } from '../report/reporters/console.ts'
import type { Frame } from '../types/query.ts'
import { quote } from './quoted-text.ts'

const LENGTH = 240

/** Paths below `folder` are shown relative to it. */
export function quotePlace(frame: Frame, folder?: string): string {
  return quote(formatFrame(frame, folder === undefined ? {} : { cwd: folder }), LENGTH)
}
