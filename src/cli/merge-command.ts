// pg-loupe merge: makes one trace file of those of several shards or processes. Traces lose nothing by it, so the findings
// in it are those of one run. Reports cannot be merged like that (medians, and what only several traces show, cannot be
// had from them), and are refused.
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Command } from 'commander'
import { collectedFiles } from '../collect/read-collected.ts'
import { orderTraces, type TraceSource } from '../collect/sorted-traces.ts'
import { writeTraces } from '../collect/write-traces.ts'
import { assertKind } from '../config/file-kind.ts'
import { EXIT_CODES, WRONG_USAGE } from './exit-codes.ts'
import { collectProblems } from './problems.ts'
import { nameOf } from './read-input.ts'
import { tell } from './tell.ts'

export function mergeCommand(): Command {
  return new Command('merge')
    .description('merge the trace files of several shards into one')
    .argument('<file...>', 'trace files, folders of them, or - for standard input')
    .option('-o, --output <file>', 'the file to write', '-')
    .addHelpText(
      'after',
      `
Traces are sorted by kind, name and content, and get new numbers. A folder is read as PG_LOUPE_COLLECT leaves it, or else
all files in it that end in .ndjson. About 200 bytes of memory are needed for each trace, whatever their size.
${EXIT_CODES}

Examples:
  $ pg-loupe merge shard-1.ndjson shard-2.ndjson -o all.ndjson
  $ pg-loupe merge shards/ | pg-loupe analyze - --format json > report.json`,
    )
    .action(merge)
}

async function merge(files: string[], { output }: { output: string }): Promise<void> {
  const problems = collectProblems()
  const sources: TraceSource[] = []
  for (const file of files) {
    try {
      sources.push(...(await sourcesOf(file)))
    } catch (error) {
      problems.tell(`cannot read ${nameOf(file)}: ${(error as Error).message}`)
    }
  }
  const report = sources.find(isReport)
  if (report)
    throw new Error(
      `${report.name ?? report.file} is a report, and reports cannot be merged without loss; merge the trace files of ` +
        'the shards (pg-loupe run --output traces=<file>, option outputs.traces)',
    )
  for (const { file, name } of sources) assertKind(file, 'traces', name === nameOf('-') ? '-' : name)
  const merged = await orderTraces(sources, problems.tell)
  problems.done()
  if (problems.count > 0) process.exitCode = WRONG_USAGE
  if (merged.count === 0) tell(`there is no trace in ${files.map(nameOf).join(', ')}`)
  await writeTraces(merged, output)
}

async function sourcesOf(file: string): Promise<TraceSource[]> {
  if (file === '-') return [{ file: await keep(process.stdin), name: nameOf(file) }]
  const stat = statSync(file)
  if (stat.isFile()) return [{ file }]
  if (!stat.isDirectory()) return [{ file: await keep(createReadStream(file)), name: file }]
  const collected = collectedFiles(file, process.cwd())
  if (collected.length > 0) return collected
  const names = readdirSync(file).filter((name) => name.endsWith('.ndjson'))
  if (names.length === 0) throw new Error('no file in it ends in .ndjson')
  return names.sort().map((name) => ({ file: join(file, name) }))
}

/** As every report begins. */
const REPORT = /^\s*\{\s*"v":\s*\d+,\s*"tool":/

function isReport({ file }: TraceSource): boolean {
  const descriptor = openSync(file, 'r')
  try {
    const start = Buffer.alloc(100)
    return REPORT.test(start.toString('utf8', 0, readSync(descriptor, start)))
  } finally {
    closeSync(descriptor)
  }
}

/** Standard input is copied to a file, because traces are read twice. */
async function keep(input: NodeJS.ReadableStream): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-merge-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'traces.ndjson')
  await pipeline(input, createWriteStream(file))
  return file
}
