// The line of a trace file that counts what was left out, between the traces: `{"v":1,"cut":{"untraced":3}}`. Each line
// contains only what was added since the previous one, so that the lines of many files can be summed.
import type { Cut } from '../types/report.ts'

/** The part of `Cut` that no trace tells. */
export type CutCounts = Partial<Record<(typeof NAMES)[number], number>>

const NAMES = ['traces', 'unrecorded', 'untraced', 'internalErrors'] as const satisfies readonly (keyof Cut)[]
const START = '{"v":1,"cut":'

/** With its line break; empty when there is nothing to tell. */
export function formatCut(counts: CutCounts, before: CutCounts = {}): string {
  const entries = NAMES.map((name) => [name, (counts[name] ?? 0) - (before[name] ?? 0)] as const)
  const added = entries.filter(([, count]) => count > 0)
  return added.length > 0 ? `${START}${JSON.stringify(Object.fromEntries(added))}}\n` : ''
}

/** `undefined` when the line is none of these. */
export function parseCut(line: string): CutCounts | undefined {
  if (!line.startsWith(START)) return undefined
  const { cut } = JSON.parse(line) as { cut: Record<string, unknown> }
  return Object.fromEntries(
    NAMES.map((name) => [name, Number.isSafeInteger(cut?.[name]) ? Math.max(0, Number(cut[name])) : 0]),
  )
}

export function addCuts(a: CutCounts, b: CutCounts): CutCounts {
  return Object.fromEntries(NAMES.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]))
}
