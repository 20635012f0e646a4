// Keeps only the beginning of a statement that is too long. A statement of fifty megabytes is a bulk load: its beginning
// identifies it, and reading all of it would block the application for seconds.

/** A copy: a slice of a string keeps all of it in memory. */
export function startOfText(text: string, length: number): string {
  const start = text.slice(0, isHighSurrogate(text.charCodeAt(length - 1)) ? length - 1 : length)
  return Buffer.from(start, 'utf16le').toString('utf16le')
}

/** The first half of a character. */
function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}
