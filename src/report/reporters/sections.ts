// A text of sections that stays under a limit: what does not fit is left out whole, counted, and said. GitHub drops a job
// summary that is too long without a word, and refuses such a comment.

export interface Section {
  /** What stands above its parts; nothing is written where there are none. */
  head: string
  /** The most important first. */
  parts: readonly string[]
  /** Stands below, such as the end of what `head` opened. */
  end?: string
  /** What the parts are, to say how many are left out: `findings`. */
  what: string
  /** The share of the limit that this section and those before it may take, from 0 to 1. */
  until: number
}

/** Room for saying what was left out, for each section. */
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
