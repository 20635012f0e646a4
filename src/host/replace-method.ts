// The only place where methods of other libraries, of Node.js and of single objects are replaced. A replacement
// - is put on the given object, whether the method is the object's own or inherited from its prototype;
// - looks up an inherited method at each call, so that another library may patch the prototype before or after;
// - keeps the name, the number of parameters and the property flags of the method;
// - can be undone. When another library has put a patch on top of it, that patch stays where it is;
// - is refused when the method has a replacement with the same purpose already.

export type Method = (this: object, ...args: unknown[]) => unknown

/** Takes the replacement away, unless another patch is on top of it. */
type Undo = () => void

/** Called in the place of the method. `replacement` is the function that was called, to capture the stack above it. */
type Around = (target: object, original: Method, args: unknown[], replacement: Method) => unknown

/** An inherited method is covered by a property that behaves like one of a class. */
const INHERITED: PropertyDescriptor = { writable: true, configurable: true, enumerable: false }

/** The replacements that have a purpose, by the object that carries them. */
const purposes = new WeakMap<object, Set<string>>()

/**
 * Has `around` called in the place of a method of one object, or of all objects that inherit from a prototype. After it is
 * undone the original is called directly, even if a patch on top still calls the replacement.
 */
export function aroundMethod(holder: object, name: string, around: Around, purpose?: string): Undo {
  let isOn = true
  const undo = replaceMethod(
    holder,
    name,
    (original) =>
      function replacement(this: object, ...args: unknown[]): unknown {
        return isOn ? around(this, original(), args, replacement) : Reflect.apply(original(), this, args)
      },
    purpose,
  )
  return () => {
    isOn = false
    undo()
  }
}

/**
 * Puts the function that `make` returns in the place of a method; `original()` is the method underneath. This is for paths
 * where the array of arguments that `aroundMethod` makes costs too much. The function must call nothing but the original
 * once it was undone. A method that does not exist is left alone.
 */
export function replaceMethod(
  holder: object,
  name: string,
  make: (original: () => Method) => (this: never, ...args: never[]) => unknown,
  purpose?: string,
): Undo {
  const own = Object.getOwnPropertyDescriptor(holder, name)
  const inherited = () => Object.getPrototypeOf(holder)?.[name] as Method | undefined
  const first: unknown = own ? own.value : inherited()
  if (typeof first !== 'function' || !claim(holder, name, purpose)) return () => {}
  const value = make(() => own?.value ?? inherited() ?? first)
  keepSignature(value, first)
  Object.defineProperty(holder, name, { ...(own ?? INHERITED), value })
  return () => {
    purposes.get(holder)?.delete(claimOf(name, purpose))
    if (Object.getOwnPropertyDescriptor(holder, name)?.value === value) putBack(holder, name, own)
  }
}

/**
 * Replaces an own method by a getter that returns the function to call, for libraries whose method is read before it is
 * called. An object that is assigned a method of its own keeps that one.
 */
export function replaceMethodByGetter(
  holder: object,
  name: string,
  make: (original: Method) => (this: object) => Method,
): Undo {
  const own = Object.getOwnPropertyDescriptor(holder, name)
  if (typeof own?.value !== 'function') return () => {}
  const get = make(own.value)
  Object.defineProperty(holder, name, {
    configurable: true,
    enumerable: own.enumerable ?? false,
    get,
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true })
    },
  })
  return () => {
    if (Object.getOwnPropertyDescriptor(holder, name)?.get === get) putBack(holder, name, own)
  }
}

/** Gives the replacement of a function the same name and number of parameters. */
export function keepSignature(standIn: object, original: { name: string; length: number }): void {
  const { name, length } = original
  Object.defineProperty(standIn, 'name', { value: name, configurable: true })
  Object.defineProperty(standIn, 'length', { value: length, configurable: true })
}

export function hasMethod(target: object, name: string): boolean {
  return typeof (target as Record<string, unknown>)[name] === 'function'
}

function putBack(holder: object, name: string, own: PropertyDescriptor | undefined): void {
  if (own) Object.defineProperty(holder, name, own)
  else delete (holder as Record<string, unknown>)[name]
}

/** Returns whether nothing has replaced the method for this purpose yet. */
function claim(holder: object, name: string, purpose: string | undefined): boolean {
  if (purpose === undefined) return true
  const known = purposes.get(holder) ?? new Set()
  purposes.set(holder, known)
  if (known.has(claimOf(name, purpose))) return false
  known.add(claimOf(name, purpose))
  return true
}

function claimOf(name: string, purpose: string | undefined): string {
  return `${name} for ${purpose}`
}
