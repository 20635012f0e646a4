// Loads libpg-query by a `require` that no bundler follows. A bundler would take its JavaScript along and leave its
// WebAssembly behind, and it would then abort with a message of its own. Inside a bundle the package is looked for from the
// folder of the bundle, of the program, and of the process; often one of them has a node_modules that holds pg-loupe.
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Absent where the package is not found. Never throws. */
export function requireParser(): unknown {
  for (const folder of placesToLook()) {
    const parser = requireFrom(folder)
    if (parser !== undefined) return parser
  }
  return undefined
}

/** Absolute paths of files. */
function placesToLook(): string[] {
  // Where this is an ES module, which only a bundler makes of it, it has no name.
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
