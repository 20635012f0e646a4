// The root folder of a project with the given files. It has a .git folder, above which no configuration file is searched.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '../temporary-folder.ts'

export function folderWith(
  t: Parameters<typeof temporaryFolder>[0],
  files: Readonly<Record<string, string>>,
): string {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, '.git'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}
