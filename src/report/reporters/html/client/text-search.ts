// Searches words in the texts of many items, in any order and case. The texts are built at the first search and kept, so that
// each further key only searches them.

export function textSearch<T>(items: readonly T[], textsOf: (item: T) => readonly (string | undefined)[]) {
  let haystacks: string[] | undefined
  return (search: string): readonly T[] => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0) return items
    haystacks ??= items.map((item) => textsOf(item).join('\n').toLowerCase())
    const known = haystacks
    return items.filter((_, index) => words.every((word) => known[index]?.includes(word)))
  }
}
