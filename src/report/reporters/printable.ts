// Makes text from outside safe for any output. Statements and route names can contain anything, so the result cannot control
// a terminal, is visible, starts no line of its own and is valid text.

export function printable(text: string): string {
  return visible(text.replace(/\s+/g, ' ')).replace(COMMAND, '\\')
}

/** CI systems read commands from the output, such as `::error::…` at the start of a line, also after white space. */
const COMMAND = /^ ?(?=::|##\[)/

/** One line with its layout, without characters that could control a terminal. */
export function visible(line: string): string {
  return line.replace(UNPRINTABLE, '�')
}

/** Printable text of at most `length` characters: a statement can be megabytes long. */
export function clip(text: string, length: number): string {
  const line = printable(text.slice(0, 4 * length))
  return line.length > length ? `${line.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…` : line
}

/**
 * Control characters, invisible characters such as those that change the direction of writing, unpaired surrogates, and
 * noncharacters.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\ufdd0-\ufdef\ufffe\uffff]/gu
