// The lines of a stream, one at a time, however large the whole is. A line too long to be held is told, not read.

export interface Line {
  /** From 1. */
  number: number
  /** Without its line break; undefined when it is too long. */
  text: string | undefined
  /** Where it begins in the stream, and how long it is there. */
  from: number
  bytes: number
  /** True when the line ends in a line break. */
  isEnded: boolean
}

/** A string of V8 cannot hold much more than twice as much. */
export const LONGEST_LINE_BYTES = 256 * 1024 * 1024
const LINE_BREAK = 10

export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  longest: number = LONGEST_LINE_BYTES,
): AsyncGenerator<Line> {
  let number = 0
  let parts: Buffer[] = []
  let length = 0
  let from = 0
  const finish = (isEnded: boolean): Line => {
    const text = length > longest ? undefined : Buffer.concat(parts).toString('utf8')
    const place = { from, bytes: length, isEnded }
    from += length + 1
    parts = []
    length = 0
    number++
    return { number, text: number === 1 ? text?.replace(BYTE_ORDER_MARK, '') : text, ...place }
  }
  const add = (part: Buffer) => {
    length += part.length
    if (length > longest) parts = []
    else parts.push(part)
  }

  for await (const chunk of chunks) {
    let start = 0
    for (let to = chunk.indexOf(LINE_BREAK); to !== -1; to = chunk.indexOf(LINE_BREAK, start)) {
      add(chunk.subarray(start, to))
      yield finish(true)
      start = to + 1
    }
    if (start < chunk.length) add(chunk.subarray(start))
  }
  if (length > 0) yield finish(false)
}

export const BYTE_ORDER_MARK = /^\uFEFF/
