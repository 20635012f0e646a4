// Keeps account of one suppression: which findings it has suppressed, and which state follows from that.
import { wholePath } from '../path-pattern.ts'
import type { AnyDetectorId } from '../types/detector.ts'
import type { Finding } from '../types/finding.ts'
import type { Frame, Ignore } from '../types/query.ts'
import type { Suppression, SuppressionState } from '../types/report.ts'
import { isInForce } from './marks.ts'
import { routePattern } from './route-pattern.ts'

/**
 * The findings to suppress, and the reason. At least one of the first four fields is required. All given fields must match.
 */
export interface SuppressEntry {
  detector?: AnyDetectorId | undefined
  /** Name of a route; `*` matches up to the next slash, `**` matches anything. */
  route?: string | undefined
  /** The file of a finding's line, or a folder above it; `*` matches within one name, `**` matches any number of folders. */
  path?: string | undefined
  /** Fingerprint of the statement: 16 digits, which are the last ones of a finding's key. */
  fingerprint?: string | undefined
  reason: string
  /** The last day on which the reason is valid, in UTC: `YYYY-MM-DD`. */
  until?: string | undefined
}

export interface EntryAccount {
  entry: SuppressEntry
  isRoute: (name: string) => boolean
  isPath: (file: string) => boolean
  keys: Set<string>
  isSeen: boolean
}

export interface MarkAccount {
  mark: Ignore
  at: Frame | undefined
  keys: Set<string>
}

/** Maximum number of different findings that are counted for one reason. */
const KEPT_KEYS = 1000

export function openAccount(entry: SuppressEntry): EntryAccount {
  return {
    entry,
    isRoute: routePattern(entry.route ?? '**'),
    isPath: wholePath(entry.path ?? '**'),
    keys: new Set(),
    isSeen: false,
  }
}

/** A copy of the account, so that counting in it leaves the original unchanged. */
export function copyAccount<Account extends { keys: Set<string> }>(account: Account): Account {
  return { ...account, keys: new Set(account.keys) }
}

export function keep(keys: Set<string>, key: string): void {
  if (keys.size < KEPT_KEYS) keys.add(key)
}

/** Counts the finding in each entry that matches it. Returns true when one of them is valid today. */
export function coverByEntries(entries: readonly EntryAccount[], finding: Finding, day: string): boolean {
  let isCovered = false
  for (const account of entries) {
    if (!isMatch(account, finding)) continue
    keep(account.keys, finding.key)
    isCovered ||= isInForce(account.entry, day)
  }
  return isCovered
}

function isMatch({ entry, isRoute, isPath }: EntryAccount, finding: Finding): boolean {
  const { detector, route, path, fingerprint: statement } = entry
  if (detector !== undefined && finding.detector !== detector) return false
  if (route !== undefined && !isRoute(finding.route)) return false
  if (path !== undefined && !(finding.callSite[0] && isPath(finding.callSite[0].file))) return false
  return statement === undefined || finding.key.split(' | ').includes(statement)
}

export function describeEntry({ entry, keys, isSeen }: EntryAccount, day: string): Suppression {
  const { detector, route, path, fingerprint: statement, reason, until } = entry
  return {
    by: 'suppress',
    reason,
    ...(detector === undefined ? {} : { detectors: [detector] }),
    ...(route === undefined ? {} : { route }),
    ...(path === undefined ? {} : { path }),
    ...(statement === undefined ? {} : { fingerprint: statement }),
    ...(until === undefined ? {} : { until }),
    state: stateOf(entry, keys, isSeen, day),
    findings: keys.size,
  }
}

/**
 * `isOn` says whether a detector is switched on: about others nothing is concluded. `isRight` is whether the mark is written
 * correctly.
 */
export function describeMark(
  { mark, at, keys }: MarkAccount,
  day: string,
  isOn: (detector: string) => boolean,
  isRight: boolean,
): Suppression {
  const { by, reason, detectors, until } = mark
  const isSeen = detectors === undefined || detectors.some(isOn)
  return {
    by,
    reason,
    ...(detectors ? { detectors } : {}),
    ...(until === undefined ? {} : { until }),
    state: isRight ? stateOf(mark, keys, isSeen, day) : 'invalid',
    findings: keys.size,
    ...(at ? { at } : {}),
  }
}

function stateOf(
  reason: Pick<Ignore, 'reason' | 'until'>,
  keys: ReadonlySet<string>,
  isSeen: boolean,
  day: string,
): SuppressionState {
  if (!isInForce(reason, day)) return 'expired'
  if (keys.size > 0) return 'used'
  return isSeen ? 'unused' : 'unseen'
}
