// Traces in their order as one trace file, with a last line for what had been left out. A file is whole or not there.

import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { temporaryName } from '../host/temporary-name.ts'
import { formatCut } from '../trace-file/cut-line.ts'
import type { OrderedTraces } from './sorted-traces.ts'

/**
 * `-` is standard output.
 *
 * @throws Error that names the file when it cannot be written.
 */
export async function writeTraces(traces: OrderedTraces, file: string): Promise<void> {
  if (file === '-') {
    for (const line of linesOf(traces)) {
      if (!process.stdout.write(line)) await once(process.stdout, 'drain')
    }
    return
  }
  const isReplaced = isOrdinary(file)
  const target = isReplaced ? temporaryName(file) : file
  try {
    mkdirSync(dirname(file), { recursive: true })
  } catch (error) {
    throw cannotWrite(file, error)
  }
  try {
    const descriptor = openSync(target, isReplaced ? 'wx' : 'w')
    try {
      for (const line of linesOf(traces)) writeWhole(descriptor, line)
    } finally {
      closeSync(descriptor)
    }
    if (isReplaced) renameSync(target, file)
  } catch (error) {
    if (isReplaced) rmSync(target, { force: true })
    throw cannotWrite(file, error)
  }
}

function cannotWrite(file: string, error: unknown): Error {
  return new Error(`cannot write ${file}: ${(error as Error).message}`)
}

/** A pipe or a device cannot be replaced. */
function isOrdinary(file: string): boolean {
  try {
    return statSync(file).isFile()
  } catch {
    return true
  }
}

function* linesOf({ lines, cut }: OrderedTraces): Generator<string> {
  for (const line of lines()) yield `${line}\n`
  const left = formatCut(cut)
  if (left) yield left
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from)
}
