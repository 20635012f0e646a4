// Trace files that a command is given, looked at before anything is read: one of another kind ends the command with one message.
import { assertKind, assertKindOfHead, HEAD_BYTES } from '../config/file-kind.ts'

/**
 * Returns standard input for the code that reads the files, because its beginning has been read here already.
 *
 * @throws Error that says what a file, or standard input, contains when it has no traces.
 */
export async function assertTraceFiles(files: readonly string[]): Promise<AsyncIterable<Buffer>> {
  for (const file of files) if (file !== '-') assertKind(file, 'traces')
  return files.includes('-') ? await assertTraces(process.stdin) : process.stdin
}

async function assertTraces(input: AsyncIterable<Buffer>): Promise<AsyncIterable<Buffer>> {
  const rest = input[Symbol.asyncIterator]()
  const chunks: Buffer[] = []
  let bytes = 0
  while (bytes < HEAD_BYTES) {
    const { done, value } = await rest.next()
    if (done) break
    chunks.push(value)
    bytes += value.length
  }
  const head = Buffer.concat(chunks)
  try {
    assertKindOfHead(head, '-', 'traces')
  } catch (error) {
    // The writer may have more to write, but the command is over.
    await rest.return?.()
    throw error
  }
  return after(head, rest)
}

async function* after(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  yield* { [Symbol.asyncIterator]: () => rest }
}
