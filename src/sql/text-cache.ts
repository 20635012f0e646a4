// A cache by statement text, bounded in entries and in bytes, in two generations: what is asked for again moves to the
// young one, and when that is full the old one is dropped whole. A hit in the young one costs a single look-up.

export interface TextCache<Value> {
  get(text: string): Value | undefined
  set(text: string, value: Value, bytes: number): void
  readonly size: number
}

export interface TextCacheLimits {
  entries: number
  bytes: number
}

export function createTextCache<Value>(limits: TextCacheLimits): TextCache<Value> {
  type Entry = { value: Value; bytes: number }
  const maxEntries = limits.entries / 2
  const maxBytes = limits.bytes / 2
  let young = new Map<string, Entry>()
  let old = new Map<string, Entry>()
  let youngBytes = 0

  function add(text: string, entry: Entry): void {
    if (young.size + 1 > maxEntries || youngBytes + entry.bytes > maxBytes) {
      old = young
      young = new Map()
      youngBytes = 0
    }
    young.set(text, entry)
    youngBytes += entry.bytes
  }

  return {
    get(text) {
      const entry = young.get(text)
      if (entry !== undefined) return entry.value
      const older = old.get(text)
      if (older === undefined) return undefined
      old.delete(text)
      add(text, older)
      return older.value
    },
    set(text, value, bytes) {
      // One that would push out half of the others is cheaper to compute again.
      if (bytes > maxBytes / 4 || young.has(text)) return
      add(text, { value, bytes })
    },
    get size() {
      return young.size + old.size
    },
  }
}
