// Replaces a method for all objects of a class, until it is taken away again. Where somebody has put another over it
// meanwhile, it stays underneath and does nothing any more. A method that this Node.js does not have is left alone.

type Method = (this: object, ...args: unknown[]) => unknown

/** `call` calls what was there before, with the arguments as they came. */
type Replacement = (target: object, call: () => unknown, args: readonly unknown[]) => unknown

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
    const call = () => {
      // Asked anew where it is inherited: somebody may have wrapped it since.
      const inherited = own ? original : (Object.getPrototypeOf(prototype) as Record<string, Method>)[name]
      return Reflect.apply(inherited ?? original, this, args)
    }
    return active ? replacement(this, call, args) : call()
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
