// Writes a value as JSON without characters that could control a terminal or are invisible. They become escapes, which mean
// the same to any JSON reader.

export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, escaped)
}

/** JSON itself escapes control characters below the space, and unpaired surrogates. */
const UNSEEN = /[\u007f-\u009f\p{Cf}\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]/gu

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
}
