// Replaces a method for all objects of a class, until it is taken away again. Where somebody has put another over it
// meanwhile, it stays underneath and does nothing any more. A method that this Node.js does not have is left alone.

export type Method = (this: object, ...args: unknown[]) => unknown

/** `original` is what was there before, to be called on the target. */
type Replacement = (target: object, original: Method, args: unknown[]) => unknown

export function replacePrototypeMethod(
  prototype: object,
  name: string,
  replacement: Replacement,
): () => void {
  const holder = prototype as Record<string, unknown>
  const own = Object.getOwnPropertyDescriptor(prototype, name)
  const original = holder[name] as Method | undefined
  if (typeof original !== 'function') return () => {}
  let active = true
  const value: Method = function (...args) {
    // Asked anew where it is inherited: somebody may have wrapped it since.
    const inherited = own ? original : (Object.getPrototypeOf(prototype)[name] as Method | undefined)
    const before = inherited ?? original
    return active ? replacement(this, before, args) : Reflect.apply(before, this, args)
  }
  Object.defineProperty(value, 'name', { value: original.name, configurable: true })
  Object.defineProperty(value, 'length', { value: original.length, configurable: true })
  const enumerable = own?.enumerable ?? false
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable })
  return () => {
    active = false
    if (holder[name] !== value) return
    if (own) Object.defineProperty(prototype, name, own)
    else delete holder[name]
  }
}
