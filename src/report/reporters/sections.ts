// Joins sections into a text below a maximum length. Parts that do not fit are left out completely and counted. GitHub
// silently drops a job summary that is too long, and rejects such a comment.

export interface Section {
  /** Text before the parts. A section without parts is not written. */
  head: string
  /** The parts, the most important first. */
  parts: readonly string[]
  /** Text after the parts, such as the end of an element that `head` opened. */
  end?: string
  /** The name of the parts, to say how many are left out: `findings`. */
  what: string
  /** The share of the maximum length that this section and those before it may use, from 0 to 1. */
  until: number
}

/** Characters reserved in each section for the number of parts that are left out. */
const NOTE_BYTES = 200

export function joinSections(sections: readonly Section[], limitBytes: number): string {
  let text = ''
  let used = 0
  for (const section of sections) {
    const written = fill(section, limitBytes * section.until - used)
    text += written
    used += byteLength(written)
  }
  return text
}

function fill({ head, parts, end = '', what }: Section, roomBytes: number): string {
  if (parts.length === 0) return ''
  let left = roomBytes - byteLength(head) - byteLength(end) - NOTE_BYTES
  let kept = 0
  for (const part of parts) {
    left -= byteLength(part)
    if (left < 0) break
    kept++
  }
  const more = parts.length - kept
  const note = more > 0 ? `\n_${more} more ${what} left out, to stay within what is shown here._\n` : ''
  return kept === 0 ? note : `${head}${parts.slice(0, kept).join('')}${end}${note}`
}

const encoder = new TextEncoder()

function byteLength(text: string): number {
  return encoder.encode(text).length
}
