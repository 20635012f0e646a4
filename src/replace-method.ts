// Replaces a method on one object, so that it can be undone and nobody sees it: not enumerable, and the original is
// looked up when it is called, so that a patch of the prototype made before or after (OpenTelemetry's) still works.

type Method = (this: unknown, ...args: unknown[]) => unknown

/** Returns the function that takes the replacement away again, unless somebody has put another over it. */
export function replaceMethod(
  target: object,
  name: string,
  replace: (callOriginal: (args: readonly unknown[]) => unknown) => (...args: never[]) => unknown,
): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name)
  const callOriginal = (args: readonly unknown[]) => {
    const original = (own ? own.value : Object.getPrototypeOf(target)[name]) as Method
    // As they are nearly always: a call with its arguments one by one is cheaper than with a list of them.
    if (args.length === 1) return original.call(target, args[0])
    if (args.length === 2) return original.call(target, args[0], args[1])
    if (args.length === 3) return original.call(target, args[0], args[1], args[2])
    return Reflect.apply(original, target, args)
  }
  const value = replace(callOriginal)
  const { length } = (own ? own.value : Object.getPrototypeOf(target)[name]) as Method
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
