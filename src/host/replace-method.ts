// Replaces a method on one object, so that it can be undone and nobody sees it: not enumerable, and the original is
// looked up when it is called, so that a patch of the prototype made before or after (OpenTelemetry's) still works.

type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * `original` finds what the replacement stands for, to be applied to the target. Returns the function that takes the
 * replacement away again, unless somebody has put another over it.
 */
export function replaceMethod(
  target: object,
  name: string,
  replace: (
    callOriginal: (args: readonly unknown[]) => unknown,
    original: () => Method,
  ) => (...args: never[]) => unknown,
): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name)
  const original = () => (own ? own.value : Object.getPrototypeOf(target)[name]) as Method
  const callOriginal = (args: readonly unknown[]) => Reflect.apply(original(), target, args)
  const value = replace(callOriginal, original)
  const { length } = original()
  Object.defineProperty(value, 'length', { value: length, configurable: true })
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false })
  return () => {
    if ((target as Record<string, unknown>)[name] !== value) return
    if (own) Object.defineProperty(target, name, own)
    else delete (target as Record<string, unknown>)[name]
  }
}

export function hasMethod(target: object, name: string): boolean {
  return typeof (target as Record<string, unknown>)[name] === 'function'
}
