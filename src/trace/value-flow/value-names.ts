// Names for values, so that what reads a trace sees which are equal and nothing else. They are numbers in the order the
// values are met: within one trace equal values have equal names, and a number tells nothing at all about the value.
import { canonicalValue } from './canonical-value.ts'

export type ValueName = string | readonly string[]

/** Names the values of one trace; a list gets a list of names. They begin with `prefix`. */
export function valueNames(prefix = ''): (value: unknown) => ValueName {
  const names = new Map<string, string>()
  const nameOf = (value: unknown): string => {
    const text = canonicalValue(value)
    const name = names.get(text) ?? `${prefix}${names.size}`
    names.set(text, name)
    return name
  }
  return (value) => (Array.isArray(value) ? value.map(nameOf) : nameOf(value))
}
