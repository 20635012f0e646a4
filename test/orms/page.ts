// A page of docs/orms, read as what it is: an application in pieces. A block of code that begins with a comment naming a
// file is that file; where two blocks name the same file, the second is the one that the page recommends instead.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../docs/orms')

export interface Page {
  name: string
  /** The command under "Without a change to the code". */
  command: string
  /** By name, in the order of the page. */
  files: ReadonlyMap<string, readonly string[]>
}

export function readPages(): Page[] {
  return readdirSync(folder).map((file) => {
    const files = new Map<string, string[]>()
    let command = ''
    const page = readFileSync(join(folder, file), 'utf8')
    for (const [, language, text = ''] of page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
      const [, name] = /^(?:\/\/|#) (\S+\.\w+)\n/.exec(text) ?? []
      if (name) files.set(name, [...(files.get(name) ?? []), text])
      else if (language === 'sh') command ||= text.trim()
    }
    return { name: file.replace('.md', ''), command, files }
  })
}

/** The file as it was before pg-loupe was added to it. */
export function withoutLoupe(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/pg-loupe|profileRequests/.test(line))
    .join('\n')
    .replaceAll(/\bprofile(?:Pool|Client)\(/g, '(')
}
