// A file that is only appended to: asynchronously while the application runs, and synchronously at exit. Text that is
// appended in one call stays together, also when other processes append to the same file.
import { closeSync, fchmodSync, fstatSync, openSync, readSync, write, writeSync } from 'node:fs'
import { now } from '../host/real-time.ts'
import { isStill, putAside, type Rotation } from './rotation.ts'

export interface AppendedFile {
  /** One at a time: the next may follow when `done` has been called. */
  append(chunk: Buffer, done: (error: Error | null) => void): void
  /** Appends behind what is still under way. */
  appendNow(chunk: Buffer): void
}

/** Maximum wait for a pending write when the process exits. A local disk takes a fraction of it. */
const LAST_WRITE_MS = 1000

/**
 * Only its owner may read a file that is `confidential`. A line that a killed process has left unfinished is ended. With
 * `rotation` the file is put aside before it grows beyond its size, and a new one begun, also when somebody else has
 * moved or removed it.
 *
 * @throws Error of the file system.
 */
export function openAppended(file: string, confidential: boolean, rotation?: Rotation): AppendedFile {
  const open = () => {
    const opened = openSync(file, 'a+', confidential ? 0o600 : 0o666)
    // The file may have existed before. The permissions of a device or a pipe are not changed.
    if (confidential && fstatSync(opened).isFile()) fchmodSync(opened, 0o600)
    return opened
  }
  let descriptor = open()
  if (!endsWithLineBreak(descriptor)) writeSync(descriptor, '\n')
  let underWay: { chunk: Buffer; from: number } | undefined

  const makeRoom = (bytes: number) => {
    if (!rotation) return
    if (isStill(file, descriptor)) {
      const { size } = fstatSync(descriptor)
      if (size === 0 || size + bytes <= rotation.bytes || !putAside(file, descriptor, rotation)) return
    }
    closeSync(descriptor)
    descriptor = open()
  }
  return {
    append(chunk, done) {
      try {
        makeRoom(chunk.length)
        underWay = { chunk, from: fstatSync(descriptor).size }
      } catch (error) {
        void Promise.resolve().then(() => done(error as Error))
        return
      }
      writeAll(descriptor, chunk, (error) => {
        underWay = undefined
        done(error)
      })
    },
    appendNow(chunk) {
      if (underWay) waitFor(descriptor, underWay)
      // A pending write still goes to the file that it was started for.
      else makeRoom(chunk.length)
      underWay = undefined
      for (let from = 0; from < chunk.length; ) from += writeSync(descriptor, chunk, from)
    },
  }
}

const LINE_BREAK = 10

function endsWithLineBreak(descriptor: number): boolean {
  const { size } = fstatSync(descriptor)
  const last = Buffer.alloc(1)
  return size === 0 || readSync(descriptor, last, 0, 1, size - 1) === 0 || last[0] === LINE_BREAK
}

function writeAll(descriptor: number, chunk: Buffer, done: (error: Error | null) => void, from = 0): void {
  write(descriptor, chunk, from, chunk.length - from, null, (error, written) => {
    if (error || from + written >= chunk.length) done(error)
    else writeAll(descriptor, chunk, done, from + written)
  })
}

/** The system's threads go on while this one waits in the exit handler; the chunk is in the file when it can be read. */
function waitFor(descriptor: number, { chunk, from }: { chunk: Buffer; from: number }): void {
  const until = now() + LAST_WRITE_MS
  const pause = new Int32Array(new SharedArrayBuffer(4))
  while (now() < until) {
    const written = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - from))
    if (written.length >= chunk.length) {
      readSync(descriptor, written, 0, written.length, from)
      if (written.includes(chunk)) return
    }
    Atomics.wait(pause, 0, 0, 1)
  }
}
