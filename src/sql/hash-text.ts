// A 96-bit hash of a text as 24 hex digits: three murmur3-like lanes with different constants. Wide enough that two texts
// of one application never meet by chance. It is no defence against somebody who looks for collisions.

export function hashText(text: string): string {
  let a = 0x9747b28c
  let b = 0x3c6ef372
  let c = 0x510e527f
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a =
      Math.imul(rotate(a ^ Math.imul(rotate(Math.imul(code, 0xcc9e2d51), 15), 0x1b873593), 13), 5) +
      0xe6546b64
    b = Math.imul(rotate(b ^ Math.imul(code + 0x7f4a7c15, 0x85ebca6b), 11), 9) + 0x38b34ae5
    c = Math.imul(rotate(c ^ Math.imul(code + 0x165667b1, 0xc2b2ae35), 17), 3) + 0x561ccd1b
  }
  a = finish(a ^ text.length)
  b = finish(b + a)
  c = finish(c + b)
  a = finish(a + c)
  return hex(a) + hex(b) + hex(c)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function finish(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
