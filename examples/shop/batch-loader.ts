// Collects the keys that one turn of the event loop asks for and fetches them all at once: code that handles one row
// can ask for what belongs to it, and still only one query is sent. Make one for each request: it remembers what it
// has fetched.

export function batchLoader<Key, Value>(
  fetchAll: (keys: Key[]) => Promise<Map<Key, Value>>,
): (key: Key) => Promise<Value | undefined> {
  const asked = new Map<Key, Promise<Value | undefined>>()
  let next: { keys: Key[]; values: Promise<Map<Key, Value>> } | undefined

  function nextBatch() {
    const keys: Key[] = []
    const values = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      next = undefined
      return fetchAll(keys)
    })
    return { keys, values }
  }

  return (key) => {
    let value = asked.get(key)
    if (!value) {
      next ??= nextBatch()
      next.keys.push(key)
      value = next.values.then((values) => values.get(key))
      asked.set(key, value)
    }
    return value
  }
}
