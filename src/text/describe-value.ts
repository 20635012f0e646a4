// Describes the value of an option in a few words, for a message that says what it got. Numbers, texts, lists and plain
// objects are written as in code; any other value is described by its kind. Texts inside of lists and objects are left out,
// because rows that are given by mistake are data.

/** Maximum length, which is enough to recognise the value. */
const LONGEST = 80

export function describeValue(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return cut(showScalar(value))
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === Object.prototype || prototype === null
  if (!Array.isArray(value) && !isPlain) return cut(describeInstance(value))
  try {
    return cut(JSON.stringify(value, showInside))
  } catch {
    return Array.isArray(value) ? 'an array' : 'an object'
  }
}

/** A bigint, a symbol and undefined have no JSON. */
function showScalar(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function showInside(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return '…'
  if (typeof value === 'function') return 'a function'
  if (value instanceof RegExp) return String(value)
  return typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : value
}

function describeInstance(value: object): string {
  if (value instanceof RegExp) return String(value)
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' ? `an object of class ${name}` : 'an object'
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
}
