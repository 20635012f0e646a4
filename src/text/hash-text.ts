// A 64-bit hash of a text as 16 hex digits: two lanes similar to murmur3 with different constants. Two texts of one
// application practically never share a hash. It is no protection against deliberate collisions.

const START_A = 0x9747b28c | 0
const START_B = 0x3c6ef372 | 0
const FACTOR_A = 0xcc9e2d51 | 0
const FACTOR_B = 0x85ebca6b | 0

export function hashText(text: string): string {
  let a = START_A
  let b = START_B
  const { length } = text
  // Each step takes two characters. An odd last character is taken alone; the length distinguishes it from one that is
  // followed by NUL.
  for (let at = 0; at < length; at += 2) {
    const two = at + 1 < length ? text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16) : text.charCodeAt(at)
    a = Math.imul(a ^ two, FACTOR_A)
    a = (a << 13) | (a >>> 19)
    b = Math.imul(b + two, FACTOR_B)
    b = (b << 11) | (b >>> 21)
  }
  return hashEnd(a, b, length)
}

/** The same hash for the first bytes of an ASCII text, because reading bytes is faster than reading a string. */
export function hashAscii(bytes: Uint8Array, length: number): string {
  let a = START_A
  let b = START_B
  for (let at = 0; at < length; at += 2) {
    const two =
      at + 1 < length ? (bytes[at] as number) | ((bytes[at + 1] as number) << 16) : (bytes[at] as number)
    a = Math.imul(a ^ two, FACTOR_A)
    a = (a << 13) | (a >>> 19)
    b = Math.imul(b + two, FACTOR_B)
    b = (b << 11) | (b >>> 21)
  }
  return hashEnd(a, b, length)
}

function hashEnd(first: number, second: number, length: number): string {
  const mixed = finish(first ^ length)
  const b = finish(second + mixed)
  return hex(finish(mixed + b)) + hex(b)
}

function finish(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hex(value: number): string {
  return (
    (BYTES[value >>> 24] as string) +
    (BYTES[(value >>> 16) & 255] as string) +
    (BYTES[(value >>> 8) & 255] as string) +
    (BYTES[value & 255] as string)
  )
}
