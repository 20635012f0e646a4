/** A text without the token of the panel's address, for messages: they reach logs that others can read. */
export function hideToken(text: string): string {
  return text.replace(/token=.*/s, 'token=…')
}
