// The source files of the application, cut into tokens. A file is read when a trace closes and something in it has to be
// known, and its tokens are kept for further questions. A file that cannot be read, or is too long, is unknown.
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { processStartMs } from '../../host/real-time.ts'
import { readTokens, type SourceTokens } from '../../source/tokens.ts'
import { boundedMemo } from '../bounded-memo.ts'

/** The lines of one trace are in few files. */
const KNOWN_FILES = 20
/** A larger file is a bundle, which takes too long to be read while an application runs. */
const LONGEST_FILE_BYTES = 2_000_000

export interface SourceFile {
  text: string
  bytes: number
  tokens: SourceTokens
  /** Whether the file is what runs: a file that was written after the process began has other lines. */
  isWhatRuns: boolean
}

/** The file with this path or `file:` URL; `undefined` when it is unknown. */
export const sourceFile: (file: string) => SourceFile | undefined = boundedMemo(KNOWN_FILES, readSource)

function readSource(file: string): SourceFile | undefined {
  try {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file
    if (!isAbsolute(path)) return undefined
    const { mtimeMs, size } = statSync(path)
    if (size > LONGEST_FILE_BYTES) return undefined
    const text = readFileSync(path, 'utf8')
    return { text, bytes: size, tokens: readTokens(text), isWhatRuns: mtimeMs <= processStartMs }
  } catch {
    // The file does not exist, or must not be read.
    return undefined
  }
}
