// The days on which suppressions count. In UTC, so that a build fails on the same day everywhere.
import { epochMs, isoTime, parseTime } from '../host/real-time.ts'

/** `YYYY-MM-DD`, a day that exists. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? parseTime(text) : Number.NaN
  return !Number.isNaN(time) && isoTime(time).startsWith(text)
}

export function today(): string {
  return isoTime(epochMs()).slice(0, 'YYYY-MM-DD'.length)
}
