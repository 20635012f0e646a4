// A value as JSON in which nothing steers a terminal or hides itself: it is written as an escape, which means the same to
// whoever reads JSON.

export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, escaped)
}

/** JSON itself escapes the controls below the space, and halves of characters. */
const UNSEEN = /[\u007f-\u009f\p{Cf}\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]/gu

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
}
