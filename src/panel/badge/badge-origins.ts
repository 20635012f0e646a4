// The origins whose pages may show the badge.

/** @throws Error for a text that is no origin of a page. */
export function badgeOrigins(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.map(readOrigin))
}

/** A slash at the end is accepted, because it is there in an address that was copied from the browser. */
function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin
  throw new Error(`--badge-origin takes an origin such as http://localhost:3000, but got ${text}`)
}
