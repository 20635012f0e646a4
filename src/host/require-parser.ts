// Loads libpg-query by a `require` that no bundler follows. A bundler would include its JavaScript without its WebAssembly,
// and it would then abort with a message of its own. Inside a bundle the package is searched from the folders of the bundle,
// of the program and of the process, because one of them often has a node_modules with pg-loupe.
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Returns undefined when the package is not found. Never throws. */
export function requireParser(): unknown {
  for (const folder of placesToLook()) {
    const parser = requireFrom(folder)
    if (parser !== undefined) return parser
  }
  return undefined
}

/** Absolute paths of files. */
function placesToLook(): string[] {
  // In an ES module, which only a bundler makes of this file, `__filename` does not exist.
  const own = typeof __filename === 'string' ? [__filename] : []
  const program = process.argv[1] === undefined ? [] : [process.argv[1]]
  return [...own, ...program, join(process.cwd(), 'package.json')]
}

function requireFrom(place: string): unknown {
  try {
    const find = createRequire(place)
    return createRequire(find.resolve('pg-loupe/package.json'))('libpg-query')
  } catch {
    return undefined
  }
}
