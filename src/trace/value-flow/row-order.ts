// How likely it is that values which have nothing to do with some rows would come in the order of these rows. The nearer
// to it, the less likely; but orders that are simple come up by themselves: most lists are sorted, and so are counters.

/** More values than these tell nothing that the first have not told. */
const VALUES_COMPARED = 20
/** A list that is sorted, as the rows are: that is common, however long it is. */
const SORTED = 1 / 10

/** `ranks` are the places of the values among the rows, in the order of their use; `compare` sorts the values. */
export function chanceOfOrder<Value extends { rank: number }>(
  used: readonly Value[],
  compare: (a: Value, b: Value) => number,
): number {
  const values = used.slice(0, VALUES_COMPARED)
  const inRows = values.toSorted((a, b) => a.rank - b.rank)
  const descents = inRows.filter((value, at) => at > 0 && compare(inRows[at - 1] as Value, value) > 0).length
  return Math.max(
    shareOfOrdersAsNear(values.length, countInversions(values)),
    Math.min(SORTED, 1 / ordersWithDescents(values.length, descents)),
  )
}

function countInversions(values: readonly { rank: number }[]): number {
  let count = 0
  values.forEach(({ rank }, at) => {
    for (let before = 0; before < at; before++) if ((values[before]?.rank ?? 0) > rank) count++
  })
  return count
}

/** The fraction of all orders of this many values that have no more inversions. */
function shareOfOrdersAsNear(length: number, inversions: number): number {
  sharesOf[length] ??= sharesByInversions(length)
  return sharesOf[length].slice(0, inversions + 1).reduce((sum, share) => sum + share, 0)
}

/** By the number of values, which share of their orders has how many inversions (Mahonian numbers). */
const sharesOf: number[][] = []

function sharesByInversions(length: number): number[] {
  let shares = [1]
  for (let size = 2; size <= length; size++) {
    const next = new Array<number>(shares.length + size - 1).fill(0)
    shares.forEach((share, at) => {
      for (let more = 0; more < size; more++) next[at + more] = (next[at + more] ?? 0) + share / size
    })
    shares = next
  }
  return shares
}

/** How many orders of so many values go down as often (Eulerian numbers): one is sorted upwards, one downwards. */
function ordersWithDescents(length: number, descents: number): number {
  let counts = [1]
  for (let size = 2; size <= length; size++) {
    counts = Array.from(
      { length: size },
      (_, at) => (at + 1) * (counts[at] ?? 0) + (size - at) * (counts[at - 1] ?? 0),
    )
  }
  return counts[descents] ?? 1
}
