// The days on which suppressions are valid. They are in UTC, so that a build fails on the same day everywhere.
import { epochMs, isoTime, parseTime } from '../host/real-time.ts'

/** Whether a text is an existing day in the form `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? parseTime(text) : Number.NaN
  return !Number.isNaN(time) && isoTime(time).startsWith(text)
}

export function today(): string {
  return isoTime(epochMs()).slice(0, 'YYYY-MM-DD'.length)
}
