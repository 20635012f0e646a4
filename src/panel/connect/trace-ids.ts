// Ids that nobody can guess: a page that asks the panel by id learns nothing about requests that are not its own. Random bytes
// are drawn for many ids at once, because each draw costs more than everything else about an id.
import { randomBytes } from 'node:crypto'

const IDS_AT_ONCE = 256
/** Random bytes of an id, and its characters: hexadecimal digits, so that a command never takes an id for an option. */
const ID_BYTES = 16
const ID_LENGTH = 2 * ID_BYTES

export function traceIds(): () => string {
  let drawn = ''
  let at = 0
  return () => {
    if (at >= drawn.length) {
      drawn = randomBytes(ID_BYTES * IDS_AT_ONCE).toString('hex')
      at = 0
    }
    at += ID_LENGTH
    return drawn.slice(at - ID_LENGTH, at)
  }
}
