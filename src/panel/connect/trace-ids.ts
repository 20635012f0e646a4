// Ids that nobody can guess: a page that asks the panel by id learns nothing about requests that are not its own. Random bytes
// are drawn for many ids at once, because each draw costs more than everything else about an id.
import { randomBytes } from 'node:crypto'

const IDS_AT_ONCE = 256
/** 132 random bits in the characters of base64url. */
const ID_LENGTH = 22
const BYTES_AT_ONCE = (IDS_AT_ONCE * ID_LENGTH * 6) / 8

export function traceIds(): () => string {
  let drawn = ''
  let at = 0
  return () => {
    if (at >= drawn.length) {
      drawn = randomBytes(BYTES_AT_ONCE).toString('base64url')
      at = 0
    }
    at += ID_LENGTH
    return drawn.slice(at - ID_LENGTH, at)
  }
}
