// Splits the code of a remedy at the comments that say where each part belongs.

export interface FixParts {
  imports: string
  before: string
  /** Replaces the query in the loop. Empty when the query is only removed. */
  inside: string
  after: string
}

const COMMENT = /^\/\/ (Before|In|After) the (?:inner )?loop\b/

export function partsOf(fix: string): FixParts {
  const lines: Record<string, string[]> = { imports: [], Before: [], In: [], After: [] }
  let part = 'imports'
  for (const line of fix.split('\n')) {
    const named = COMMENT.exec(line)?.[1]
    part = named ?? part
    if (named === undefined) lines[part]?.push(line)
  }
  const textOf = (name: string) => (lines[name] ?? []).join('\n')
  return {
    imports: textOf('imports'),
    before: textOf('Before'),
    inside: textOf('In'),
    after: textOf('After'),
  }
}
