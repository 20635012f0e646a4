// Recognises the kind of a file that was given to a command by its first bytes. A report that is given instead of traces is
// then reported once, with the command that reads it, instead of once for each line.
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { BYTE_ORDER_MARK } from '../trace-file/read-lines.ts'

/** The kinds of files that commands read, and other files of pg-loupe that may be given to them. */
const KINDS = {
  traces: {
    name: 'a trace file',
    next: (file: string) => `Analyze it with: pg-loupe analyze ${file}`,
  },
  report: {
    name: 'a report',
    next: (file: string) => `Print it with: pg-loupe report ${file}`,
  },
  baseline: {
    name: 'a baseline',
    next: (file: string) =>
      `Hold a report against it with: pg-loupe report pg-loupe.json --baseline ${asFile(file)}`,
  },
  configuration: {
    name: 'a configuration',
    next: (file: string) => `Name it with: --config ${file}`,
  },
  catalog: {
    name: 'a catalog',
    next: (file: string) => `Use it with: pg-loupe analyze traces.ndjson --catalog ${asFile(file)}`,
  },
  comparison: {
    name: 'a comparison of two reports',
    next: () => 'Compare the reports themselves with: pg-loupe diff base.json head.json',
  },
  sarif: { name: 'a report as SARIF', next: keepJson },
  junit: { name: 'a report as JUnit XML', next: keepJson },
  gitlab: { name: 'a report for GitLab', next: keepJson },
  markdown: { name: 'a report as Markdown', next: keepJson },
  html: { name: 'a report as HTML page', next: keepJson },
  gzip: { name: 'compressed', next: (file: string) => `Unpack it with: gunzip ${file}` },
  zip: {
    name: 'compressed',
    next: (file: string) => `Unpack it with: ${file === STANDARD_INPUT ? 'funzip' : `unzip ${file}`}`,
  },
  zstd: { name: 'compressed', next: (file: string) => `Unpack it with: unzstd ${file}` },
  folder: {
    name: 'a folder',
    next: (file: string, takes: TakenKind) =>
      takes === 'traces'
        ? `Merge the trace files in it with: pg-loupe merge ${file} -o all.ndjson`
        : 'Name the file in it.',
  },
} as const

type FileKind = keyof typeof KINDS

/** Kinds that a command or an option reads. */
export type TakenKind = 'traces' | 'report' | 'baseline' | 'configuration' | 'catalog'

function keepJson(): string {
  return 'Keep the report as JSON for that: pg-loupe run --output json=pg-loupe.json -- <command>'
}

/**
 * `given` is how it was named, where that is not the file: `-` is standard input.
 *
 * @throws Error that says what the file is, when that is known and it is something else than what is taken.
 */
export function assertKind(file: string, takes: TakenKind, given = file): void {
  refuse(kindOf(file), given, takes)
}

/** The same for what can be read only once, by how it begins: `HEAD_BYTES` are enough. `-` is standard input. */
export function assertKindOfHead(head: Buffer, file: string, takes: TakenKind): void {
  refuse(kindOfHead(head.subarray(0, HEAD_BYTES)), file, takes)
}

function refuse(kind: FileKind | undefined, file: string, takes: TakenKind): void {
  if (kind === undefined || kind === takes) return
  const { name, next } = KINDS[kind]
  const what = file === STANDARD_INPUT ? 'standard input' : file
  throw new Error(`${what} is ${name}, not ${KINDS[takes].name}. ${next(quoted(file), takes)}`)
}

/** Enough for the names that stand first in each. */
export const HEAD_BYTES = 4096
const STANDARD_INPUT = '-'

/** For options that read no standard input. */
function asFile(file: string): string {
  return file === STANDARD_INPUT ? '<file>' : file
}

/** Undefined when the file cannot be read or is of another kind; the code that reads it reports the problem. */
function kindOf(file: string): FileKind | undefined {
  const head = readHead(file)
  if (head === 'folder') return 'folder'
  if (head === undefined) return undefined
  const isConfiguration = /^pg-loupe\.config\.\w+$/.test(basename(file))
  return compressionOf(head) ?? (isConfiguration ? 'configuration' : kindOfHead(head))
}

function compressionOf(head: Buffer): FileKind | undefined {
  return COMPRESSIONS.find(([, magic]) => head.subarray(0, magic.length).equals(magic))?.[0]
}

function kindOfHead(head: Buffer): FileKind | undefined {
  const compression = compressionOf(head)
  if (compression) return compression
  const text = head.toString('utf8').replace(BYTE_ORDER_MARK, '').trimStart()
  return TEXTS.find(([, start]) => start.test(text))?.[0]
}

function readHead(file: string): Buffer | 'folder' | undefined {
  let descriptor: number | undefined
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) return 'folder'
    // A pipe can be read only once.
    if (!stat.isFile()) return undefined
    descriptor = openSync(file, 'r')
    const head = Buffer.alloc(HEAD_BYTES)
    return head.subarray(0, readSync(descriptor, head))
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

const COMPRESSIONS: readonly (readonly [FileKind, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zip', Buffer.from('PK\u0003\u0004')],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
]

/** By how the text begins, the special ones first. */
const TEXTS: readonly (readonly [FileKind, RegExp])[] = [
  ['report', /^\{\s*"v":\s*\d+,\s*"tool":/],
  ['comparison', /^\{\s*"v":\s*\d+,\s*"new":/],
  ['baseline', /^\{\s*"v":\s*\d+,\s*"findings":\s*\[\s*(?:\]|\{\s*"key":)/],
  ['sarif', /^\{\s*"(?:\$schema|version)":\s*"(?:[^"]*sarif[^"]*|2\.1\.0)"/],
  ['catalog', /^\{[^{}[\]]*"(?:relations|functions|searchPath)":/],
  // The queries of a trace are objects; those that a report lists are numbers.
  ['traces', /^\{(?:"v":1,"cut":\{|[^\n]*"queries":\s*\[\s*[{\]])/],
  ['gitlab', /^\[\s*\{\s*"type":\s*"issue"/],
  ['junit', /^(?:<\?xml[^>]*\?>\s*)?<testsuites/],
  ['html', /^<!doctype html>/i],
  ['markdown', /^(?:<!-- pg-loupe -->|## pg-loupe)/],
]

/** As a shell takes it. */
function quoted(file: string): string {
  return /^[\w./\\:@+-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`
}
