/**
 * The prototypes of an object that have a property of their own with this name, the nearest one first. The last one is the
 * class that a library defines, below the classes that an application has derived from it.
 */
export function prototypesWith(object: unknown, name: string): object[] {
  const found: object[] = []
  if (typeof object !== 'object' || object === null) return found
  for (
    let at = Object.getPrototypeOf(object);
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    if (Object.hasOwn(at, name)) found.push(at)
  }
  return found
}
