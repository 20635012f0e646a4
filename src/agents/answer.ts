// The size of an answer. Clients of coding agents refuse large results, and each byte is paid for again with every later turn, so
// an answer is cut at a fixed size and says what it left out.

/** Bytes of an answer as JSON. */
export const ANSWER_BYTES = 8 * 1024
/** Room for the fields that are added after the rows: what was left out, and the cursor. */
const REST_BYTES = 600

export function jsonOf(answer: object): string {
  return JSON.stringify(answer, undefined, 1)
}

export function bytesOf(answer: object): number {
  return Buffer.byteLength(jsonOf(answer))
}

/** As many of the rows as fit into an answer that has these fields as well, at least one. */
export function fittingRows<Row>(fields: object, rows: readonly Row[]): readonly Row[] {
  // Rows of a list are printed one level deeper than they are measured here.
  const indented = (row: Row) => bytesOf([[row]]) + 1
  let room = ANSWER_BYTES - REST_BYTES - bytesOf(fields)
  const count = rows.findIndex((row) => {
    room -= indented(row)
    return room < 0
  })
  return count === -1 ? rows : rows.slice(0, Math.max(1, count))
}

/** A group of optional fields: the first groups are the most important ones. `name` says what is left out when there is no room. */
export interface Part {
  name: string
  fields: Readonly<Record<string, unknown>>
}

/** The fields with as many of the parts as fit, and the names of the others. Absent values and empty lists are no fields. */
export function fittingParts(fields: object, parts: readonly Part[]): object {
  const whole: Record<string, unknown> = { ...fields }
  const leftOut: string[] = []
  for (const part of parts) {
    const known = Object.entries(part.fields).filter(([, value]) => !isEmpty(value))
    if (known.length === 0) continue
    const added = { ...whole, ...Object.fromEntries(known) }
    if (bytesOf(added) > ANSWER_BYTES - REST_BYTES) leftOut.push(part.name)
    else Object.assign(whole, added)
  }
  return leftOut.length > 0 ? { ...whole, leftOut: leftOut.join('; ') } : whole
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}
