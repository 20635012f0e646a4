// Reads the marked mistakes from the sources of the shop: `// mistake: n-plus-one` is on the line that a report must name,
// and names the detector that must find it. For an `await` over several lines this is the line of the last call in the chain,
// which is the position that V8 reports.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Mark {
  file: string
  line: number
  detector: string
}

const MARK = /\/\/ mistake: ([a-z-]+(?:, [a-z-]+)*)$/
const SHOP = fileURLToPath(new URL('..', import.meta.url))

/** The marks of the whole application, by file and line. The demo's own files contain no mistakes. */
export function readMarks(): Mark[] {
  return ['.', 'routes'].flatMap((folder) =>
    readdirSync(join(SHOP, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .sort()
      .flatMap((name) => marksIn(join(SHOP, folder, name))),
  )
}

function marksIn(file: string): Mark[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const detectors = MARK.exec(text.trimEnd())?.[1]?.split(', ') ?? []
      return detectors.map((detector) => ({ file, line: index + 1, detector }))
    })
}
