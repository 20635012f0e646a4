// The lines of a stream, one at a time, however large the whole is. A line too long to be held is told, not read.

export interface Line {
  /** From 1. */
  number: number
  /** Without its line break; undefined when it is too long. */
  text: string | undefined
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
  const finish = (): Line => {
    const text = length > longest ? undefined : Buffer.concat(parts).toString('utf8')
    parts = []
    length = 0
    number++
    return { number, text: number === 1 ? text?.replace(BYTE_ORDER_MARK, '') : text }
  }
  const add = (part: Buffer) => {
    length += part.length
    if (length > longest) parts = []
    else parts.push(part)
  }

  for await (const chunk of chunks) {
    let from = 0
    for (let to = chunk.indexOf(LINE_BREAK); to !== -1; to = chunk.indexOf(LINE_BREAK, from)) {
      add(chunk.subarray(from, to))
      yield finish()
      from = to + 1
    }
    if (from < chunk.length) add(chunk.subarray(from))
  }
  if (length > 0) yield finish()
}

const BYTE_ORDER_MARK = /^\uFEFF/
