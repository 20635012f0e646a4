// A cache by statement text, bounded in entries and in bytes, in two generations: what is asked for again moves to the
// young one, and when that is full the old one is dropped whole. A hit in the young one costs a single look-up.

export interface TextCache<Value> {
  get(text: string): Value | undefined
  /** For a text that `get` has just not found. */
  set(text: string, value: Value): void
  readonly size: number
}

export interface TextCacheLimits {
  entries: number
  bytes: number
  /** What an entry takes for each character of its text, an estimate; and what it takes besides. */
  bytesPerCharacter: number
  bytesPerEntry: number
}

export function createTextCache<Value>(limits: TextCacheLimits): TextCache<Value> {
  const maxEntries = limits.entries / 2
  const maxBytes = limits.bytes / 2
  // One that would push out half of the others is cheaper to compute again.
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
