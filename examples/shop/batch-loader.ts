// Collects the keys that are requested in one turn of the event loop and fetches them with one query. Code that handles a
// single row can thus request related rows without sending a query for each. Create one loader per request, because it
// remembers the rows that it has fetched.

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
