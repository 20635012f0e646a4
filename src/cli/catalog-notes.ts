// The catalog of `--catalog FILE`, made ready to be used on recorded queries.
import { readFileSync } from 'node:fs'
import { parseCatalog } from '../catalog/catalog-file.ts'
import { recordingNotes } from '../catalog/note-recordings.ts'
import { assertKind } from '../config/file-kind.ts'
import { loadParser } from '../sql/index.ts'
import type { NoteQueries } from '../trace-file/parse-trace.ts'
import { BYTE_ORDER_MARK } from '../trace-file/read-lines.ts'

/** @throws Error that names the file and what is wrong with it. */
export async function readCatalogNotes(file: string): Promise<NoteQueries> {
  const catalog = parse(read(file), file)
  if (!(await loadParser()))
    throw new Error('--catalog needs the package libpg-query, which could not be loaded')
  return recordingNotes(catalog)
}

function read(file: string): string {
  assertKind(file, 'catalog')
  try {
    return readFileSync(file, 'utf8').replace(BYTE_ORDER_MARK, '')
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}`)
  }
}

function parse(text: string, file: string): ReturnType<typeof parseCatalog> {
  try {
    return parseCatalog(text)
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`)
  }
}
