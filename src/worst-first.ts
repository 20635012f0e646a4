// The one order in which findings stand, worst first, and the severity that goes with it. Severity says how much a finding
// hurts, by what it costs; how sure the finding is says its confidence, which decides only between equals. Times are not
// part of the order: they differ from run to run, and two runs of the same code give the same report.
import { compareText } from './text/compare-text.ts'
import type { Confidence, Cost, Finding, Severity } from './types/finding.ts'

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info']
/** Surest first. */
export const CONFIDENCES: readonly Confidence[] = ['proven', 'likely', 'possible']

/** Round trips that could be saved from which on it is an error: on a network of one millisecond, ten milliseconds. */
const ERROR_ROUND_TRIPS = 10

/** The severity of a finding about queries that are sent too often. */
export function severityOf({ roundTrips }: Cost): Severity {
  return roundTrips >= ERROR_ROUND_TRIPS ? 'error' : 'warning'
}

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least)
}

export function worstFirst(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    dearestFirst(a.cost, b.cost) ||
    surestFirst(a.confidence, b.confidence) ||
    compareNames(a.key, b.key)
  )
}

/** By round trips, then bytes, then rows. */
function dearestFirst(a: Cost, b: Cost): number {
  return (
    b.roundTrips - a.roundTrips ||
    b.queries - a.queries ||
    (b.bytes ?? 0) - (a.bytes ?? 0) ||
    (b.rows ?? 0) - (a.rows ?? 0)
  )
}

export function surestFirst(a: Confidence, b: Confidence): number {
  return CONFIDENCES.indexOf(a) - CONFIDENCES.indexOf(b)
}

/** Numbers inside names count as numbers (`#2` before `#10`); the locale is fixed, so that every machine agrees. */
export function compareNames(a: string, b: string): number {
  return COLLATOR.compare(a, b) || compareText(a, b)
}

const COLLATOR = new Intl.Collator('en', { numeric: true })
