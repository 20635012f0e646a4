// Cuts the bytes of a connection into lines. A line that is longer than any real message is skipped as it arrives, so that it
// never takes memory.
const LINE_END = 0x0a

interface LineReaders {
  line: (bytes: Buffer) => void
  /** A line was longer than the limit. */
  skipped: () => void
}

/** Returns the function that takes each portion of bytes. */
export function cutLines({ line, skipped }: LineReaders, longestBytes: number): (bytes: Buffer) => void {
  let parts: Buffer[] = []
  let length = 0
  let isTooLong = false

  const end = (last: Buffer) => {
    if (isTooLong || length + last.length > longestBytes) skipped()
    else if (length + last.length > 0) line(length === 0 ? last : Buffer.concat([...parts, last]))
    parts = []
    length = 0
    isTooLong = false
  }

  return (bytes) => {
    let from = 0
    for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, from)) {
      end(bytes.subarray(from, at))
      from = at + 1
    }
    const rest = bytes.subarray(from)
    if (rest.length === 0 || isTooLong) return
    length += rest.length
    isTooLong = length > longestBytes
    if (isTooLong) parts = []
    else parts.push(rest)
  }
}
