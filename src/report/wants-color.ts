// Whether text is coloured where it goes: on a terminal that has colours, unless somebody who cannot see what it is has said
// so (https://no-color.org, and FORCE_COLOR, which the logs of a CI need).

/** Node.js looks at both variables for terminals only. */
export function wantsColor(stream: { hasColors?(): boolean }): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env
  if (NO_COLOR) return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return stream.hasColors?.() ?? false
}
