// Text from outside as it may stand in any output: statements and route names can hold anything, so nothing in them may
// steer a terminal, hide itself, start a line of its own or be no text at all.

export function printable(text: string): string {
  return visible(text.replace(/\s+/g, ' ')).replace(COMMAND, '\\')
}

/** Where CI reads commands in what is printed, also behind white space: `::error::…` at the start of a line. */
const COMMAND = /^ ?(?=::|##\[)/

/** One line as it is laid out, without what could steer a terminal. */
export function visible(line: string): string {
  return line.replace(UNPRINTABLE, '�')
}

/** Printable, in at most `length` characters: a statement can be megabytes long. */
export function clip(text: string, length: number): string {
  const line = printable(text.slice(0, 4 * length))
  return line.length > length ? `${line.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…` : line
}

/** Controls, invisible marks such as those that turn the direction of writing, halves of characters, and noncharacters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\ufdd0-\ufdef\ufffe\uffff]/gu
