// Reads the expected findings from the sources of the routes. `// guilty: n-plus-one` is above a line that a report must
// name, followed by `, proven` when the finding must be proven. `// origin: author_id`, with the column, is above the line
// that the values of a proven loop come from. A mark belongs to the route that is registered above it, or to the named ones:
// `// guilty: n-plus-one in GET /structure/service`. For a call over several lines, the line is that of its method.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface GuiltyMark {
  file: string
  line: number
  route: string
  detector: string
  proven: boolean
}

interface OriginMark {
  file: string
  line: number
  route: string
  column: string
}

export interface Marks {
  guilty: readonly GuiltyMark[]
  origins: readonly OriginMark[]
}

const ROUTES = fileURLToPath(new URL('routes', import.meta.url))
const REGISTERED = /router\.(get|post|put|delete)\('([^']+)'/
const REGISTERED_OVER_LINES = /^ {4}'(\/[^']+)',$/
const MARK = /^ *\/\/ (guilty|origin): ([\w-]+)(, proven)?(?: in ([A-Z]+ \/.*))?$/

export function readMarks(): Marks {
  const guilty: GuiltyMark[] = []
  const origins: OriginMark[] = []
  for (const name of readdirSync(ROUTES)) {
    const file = join(ROUTES, name)
    const lines = readFileSync(file, 'utf8').split('\n')
    let route = ''
    for (const [index, text] of lines.entries()) {
      route = routeRegistered(name, text, lines[index - 1]) ?? route
      const [, kind, what, proven, named] = MARK.exec(text.trimEnd()) ?? []
      if (!kind || !what) continue
      for (const about of named?.split(', ') ?? [route]) {
        const place = { file, line: lineBelow(lines, index), route: about }
        if (kind === 'origin') origins.push({ ...place, column: what })
        else guilty.push({ ...place, detector: what, proven: proven !== undefined })
      }
    }
  }
  return { guilty, origins }
}

function routeRegistered(file: string, text: string, before = ''): string | undefined {
  const folder = file.replace(/\.ts$/, '')
  const [, method, path] = REGISTERED.exec(text) ?? []
  if (method && path) return `${method.toUpperCase()} /${folder}${path}`
  const [, pathAlone] = REGISTERED_OVER_LINES.exec(text) ?? []
  const [, methodBefore] = /router\.(get|post|put|delete)\($/.exec(before) ?? []
  return pathAlone && methodBefore && `${methodBefore.toUpperCase()} /${folder}${pathAlone}`
}

/** Number of the first line below that is no mark. */
function lineBelow(lines: readonly string[], index: number): number {
  let below = index + 1
  while (MARK.test(lines[below] ?? '')) below += 1
  return below + 1
}
