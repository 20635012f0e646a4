// Patterns for paths of files, as the options `application` and `suppress` take them. picomatch decides what a star matches, so
// that all options agree: `*` stays within one name, `**` stands for any number of folders, also for none.
import { posix } from 'node:path'
import picomatch from 'picomatch'

export type MatchesPath = (path: string) => boolean

/** Only stars are special: brackets and parentheses are part of the names that frameworks give to files, `app/[id]/(shop)/page.ts`. */
const LITERAL = /[?!+@(){}[\]|^$\\]/g
/** Given explicitly, because picomatch would otherwise decide by the operating system. Backslashes are replaced before. */
const OPTIONS = { dot: true, windows: false }

/** The whole path has to match. A pattern without a star also matches what lies below it, as the name of a folder does. */
export function wholePath(pattern: string): MatchesPath {
  const glob = globOf(pattern.length > 1 ? withoutSlashAtEnd(pattern) : pattern)
  return matching(glob.includes('*') ? [glob] : [glob, `${glob}/**`])
}

/** A part of the path in whole names has to match; with a leading slash, its start. What lies below matches too. */
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

/** Without a name, as in `./`, the folder itself is meant, and so all that lies in it. */
function globOf(pattern: string): string {
  return fromHere(pattern).replace(LITERAL, '\\$&') || '**'
}

/** Paths of source maps may hold `.` and `..`, over which no star reaches. */
function matching(globs: string[]): MatchesPath {
  const matches = picomatch(globs, OPTIONS)
  return (path) => matches(fromHere(posix.normalize(path)))
}

function fromHere(path: string): string {
  return path.replace(/^(?:\.{1,2}\/+)+/, '')
}
