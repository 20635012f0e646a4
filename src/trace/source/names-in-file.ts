// Names of a file that the code of a remedy must respect: functions that the file imports already, and names that it uses
// for something else.
import { argumentsOf, isName } from '../../source/call-chain.ts'
import { TEXT } from '../../source/tokens.ts'
import type { Vocabulary } from '../../source/vocabulary.ts'
import { type Source, sliceOf } from './source-text.ts'

const MOST_TAKEN = 40

/** The names in `import { name } from '…'` and `const { name } = require('…')`, for each module of the vocabulary. */
export function namesImported(source: Source, { modules }: Vocabulary): string[] {
  const { texts, partners } = source
  const names: string[] = []
  texts.forEach((text, at) => {
    if (text !== TEXT || !modules.has(sliceOf(source, at, at + 1).slice(1, -1))) return
    const close = texts[at - 1] === 'from' ? at - 2 : texts[at - 2] === 'require' ? at - 4 : -1
    if (texts[close] !== '}') return
    for (const [from, to] of argumentsOf(source, partners[close] as number)) {
      if (to === from + 1) names.push(texts[from] as string)
    }
  })
  return names
}

/** The code of a remedy declares names of these forms. */
const DECLARABLE = /(?:By[A-Z]|(?:Found|Ranked|Counted)\d*$|^new[A-Z]|^keyOf[A-Z])/

export function namesTaken(
  { texts }: Source,
  imported: readonly string[],
  { imports }: Vocabulary,
): string[] {
  const taken = new Set<string>()
  for (const [at, text] of texts.entries()) {
    if (!isName(text) || texts[at - 1] === '.' || imported.includes(text)) continue
    if (imports.has(text) ? texts[at + 1] !== ':' : DECLARABLE.test(text)) taken.add(text)
  }
  return [...taken].sort().slice(0, MOST_TAKEN)
}
