// The verdict on a report as lines for people: which findings fail it, and the next step. Accepted findings are not named, so
// that only the reasons for a failed build are listed. Findings that are printed in full just above are not listed again.
import { plural } from '../text/plural.ts'
import type { GateVerdict, Reason } from './gate.ts'
import { printable } from './reporters/printable.ts'

/** Named one by one; a first run without a baseline may fail for hundreds. */
const NAMED = 50

/** `baseline` is the name of the file, if there is one; `isListed` says whether the reasons are listed elsewhere. */
export function verdictLines(verdict: GateVerdict, baseline?: string, isListed = false): string[] {
  const { failing, fixed, shrunk } = verdict
  const listed = isListed ? [] : failing
  const labels = listed.slice(0, NAMED).map((reason) => [labelOf(reason, baseline), reason] as const)
  const width = Math.max(...labels.map(([label]) => label.length))
  return [
    heading(verdict, listed.length > 0, baseline),
    ...labels.map(([label, reason]) => `  ${label.padEnd(width)}  ${formatReason(reason)}`),
    ...(listed.length > NAMED ? [`  and ${listed.length - NAMED} more`] : []),
    ...advice(fixed.length, ['is fixed', 'are fixed']),
    ...advice(shrunk.length, ['may have more queries than it needs', 'may have more queries than they need']),
  ]
}

function heading(
  { failing, sawNothing, accepted }: GateVerdict,
  hasList: boolean,
  baseline: string | undefined,
): string {
  if (sawNothing) return 'failed: no query was seen, so nothing was judged. Is the pool profiled?'
  if (failing.length > 0) {
    return `failed for ${plural(failing.length, 'finding')}${baseline ? ` beyond ${baseline}` : ''}${hasList ? ':' : ''}`
  }
  return accepted > 0 ? `passed; ${plural(accepted, 'finding')} accepted by ${baseline}` : 'passed'
}

function labelOf({ finding, budget }: Reason, baseline: string | undefined): string {
  if (budget !== undefined) return 'grown'
  return baseline === undefined ? finding.severity : 'new'
}

function formatReason({ finding, queries, budget }: Reason): string {
  const { title, detector, route, callSite } = finding
  const [place] = callSite
  const at = place ? ` at ${[place.file, place.line].filter(Boolean).join(':')}` : ''
  const growth = budget === undefined ? '' : `, ${queries} queries where ${budget} are accepted`
  return `${printable(title)}${growth}  ${detector}, ${printable(`${route}${at}`)}`
}

function advice(entries: number, [one, many]: readonly [string, string]): string[] {
  if (entries === 0) return []
  const what = `${plural(entries, 'entry', 'entries')} of the baseline ${entries === 1 ? one : many}`
  return [`${what}: run pg-loupe baseline prune`]
}
