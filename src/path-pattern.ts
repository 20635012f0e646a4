// Patterns for paths of files, for the options `application` and `suppress`. picomatch decides what a star matches, so that
// all options agree: `*` matches within one name, and `**` matches any number of folders, including none.
import { posix } from 'node:path'
import picomatch from 'picomatch'

export type MatchesPath = (path: string) => boolean

/**
 * Only stars are special: brackets and parentheses are part of the names that frameworks give to files,
 * `app/[id]/(shop)/page.ts`.
 */
const LITERAL = /[?!+@(){}[\]|^$\\]/g
/** Set explicitly, because picomatch would otherwise decide by the operating system. Backslashes are replaced before. */
const OPTIONS = { dot: true, windows: false }

/** The whole path must match. A pattern without a star also matches everything below it, as the name of a folder does. */
export function wholePath(pattern: string): MatchesPath {
  const glob = globOf(pattern.length > 1 ? withoutSlashAtEnd(pattern) : pattern)
  return matching(glob.includes('*') ? [glob] : [glob, `${glob}/**`])
}

/** A part of the path in whole names must match; with a leading slash, its beginning. Everything below matches too. */
export function partOfPath(pattern: string): MatchesPath {
  const names = globOf(withoutSlashAtEnd(pattern))
  const glob = names.startsWith('/') ? names : `**/${names}`
  return matching([glob, `${glob}/**`])
}

function withoutSlashAtEnd(pattern: string): string {
  let end = pattern.length
  while (pattern[end - 1] === '/') end--
  return pattern.slice(0, end)
}

/** A pattern without a name, such as `./`, means the folder itself and everything in it. */
function globOf(pattern: string): string {
  return fromHere(pattern).replace(LITERAL, '\\$&') || '**'
}

/** Paths from source maps may contain `.` and `..`, which no star matches. */
function matching(globs: string[]): MatchesPath {
  const matches = picomatch(globs, OPTIONS)
  return (path) => matches(fromHere(posix.normalize(path)))
}

function fromHere(path: string): string {
  return path.replace(/^(?:\.{1,2}\/+)+/, '')
}
