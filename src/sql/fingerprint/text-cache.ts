// A cache by statement text, limited in entries and in bytes, with two generations. An entry that is used again moves to the
// young generation; when that is full, the old one is dropped as a whole. A hit in the young generation costs a single
// look-up.

export interface TextCache<Value> {
  get(text: string): Value | undefined
  /** Adds a text that `get` did not find. */
  set(text: string, value: Value): void
  readonly size: number
}

export interface TextCacheLimits {
  entries: number
  bytes: number
  /** Estimated bytes of an entry per character of its text, and the fixed bytes besides. */
  bytesPerCharacter: number
  bytesPerEntry: number
}

export function createTextCache<Value>(limits: TextCacheLimits): TextCache<Value> {
  const maxEntries = limits.entries / 2
  const maxBytes = limits.bytes / 2
  // Computing an entry again is cheaper than displacing half of the others for it.
  const longest = (maxBytes / 4 - limits.bytesPerEntry) / limits.bytesPerCharacter
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  let youngBytes = 0

  function add(text: string, value: Value): void {
    const bytes = text.length * limits.bytesPerCharacter + limits.bytesPerEntry
    if (young.size >= maxEntries || youngBytes + bytes > maxBytes) {
      old = young
      young = new Map()
      youngBytes = 0
    }
    young.set(text, value)
    youngBytes += bytes
  }

  return {
    get(text) {
      const value = young.get(text)
      if (value !== undefined) return value
      const older = old.get(text)
      if (older === undefined) return undefined
      old.delete(text)
      add(text, older)
      return older
    },
    set(text, value) {
      if (text.length <= longest) add(text, value)
    },
    get size() {
      return young.size + old.size
    },
  }
}
