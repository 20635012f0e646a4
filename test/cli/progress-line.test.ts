// The progress is for people at a terminal: it is there while they wait, gone at the end, and nowhere else.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { progressLine } from '../../src/cli/progress-line.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const MEGABYTE = 1024 * 1024
/** Longer than a line stays as it is. */
const A_WHILE_MS = 120

test('tells how much of the files has been read, in one line that is gone at the end', async () => {
  const file = join(temporaryFolder(), 'traces.ndjson')
  writeFileSync(file, Buffer.alloc(4 * MEGABYTE))
  const { output, text } = terminal()
  const progress = progressLine([file], output)
  await sleep(A_WHILE_MS)
  progress.show(MEGABYTE)
  progress.show(1.5 * MEGABYTE)
  expect(text()).toBe('\r\u001b[2Kreading 1.0 MB of 4.0 MB, 25 %')
  progress.clear()
  expect(text().endsWith(' %\r\u001b[2K')).toBe(true)
})

test('the size of standard input is unknown', async () => {
  const { output, text } = terminal()
  const progress = progressLine(['-'], output)
  await sleep(A_WHILE_MS)
  progress.show(MEGABYTE)
  expect(text()).toBe('\r\u001b[2Kreading 1.0 MB')
})

test('a short reading shows nothing, and leaves nothing to clear', () => {
  const { output, text } = terminal()
  const progress = progressLine(['-'], output)
  progress.show(MEGABYTE)
  progress.clear()
  expect(text()).toBe('')
})

test('in a file or a pipe there is none', async () => {
  const { output, text } = terminal(false)
  const progress = progressLine(['-'], output)
  await sleep(A_WHILE_MS)
  progress.show(MEGABYTE)
  progress.clear()
  expect(text()).toBe('')
})

function terminal(isTTY = true) {
  const written: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  return {
    output: Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream,
    text: () => written.join(''),
  }
}
