/** An order of texts by their code units, as every machine sorts them. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
