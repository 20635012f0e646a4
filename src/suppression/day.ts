// The days on which suppressions count. In UTC, so that a build fails on the same day everywhere.

/** `YYYY-MM-DD`, a day that exists. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

export function today(): string {
  return new Date().toISOString().slice(0, 'YYYY-MM-DD'.length)
}
