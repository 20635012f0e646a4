/**
 * Remembers the answers to questions that are asked again and again. All answers are forgotten before there are more than `most`,
 * which keeps the memory bounded without the cost of ordering it.
 */
export function boundedMemo<Question, Answer>(
  most: number,
  answer: (question: Question) => Answer,
  keyOf: (question: Question) => unknown = (question) => question,
): (question: Question) => Answer {
  const known = new Map<unknown, Answer>()
  return (question) => {
    const key = keyOf(question)
    if (known.has(key)) return known.get(key) as Answer
    const made = answer(question)
    if (known.size >= most) known.clear()
    known.set(key, made)
    return made
  }
}
