/** At most `most` of the positions 0 to `count - 1`, spread evenly, the first and the last among them. */
export function evenlySpaced(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index)
  if (most < 2) return [0].slice(0, most)
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)))
}
