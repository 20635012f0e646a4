// The rules of plain English that a machine can check: sentences without a subject, texts that cannot be understood alone,
// and phrases that only this project used.

export interface UnclearSentence {
  sentence: string
  reason: string
}

/** These words open the second half of a sentence, or a sentence without a subject. */
const OPENING = /^(Of|And|Nor|Or|But|So that|What|Whatever|Who|Whoever|Whose|Whom|Absent:)(?![\w'’])/

/** A text that opens with one of these refers to another text. */
const REFERENCE = /^(It|Its|They|Them|Their|Theirs|Those|That)(?![\w'’])/

/** A sentence may begin with a clause ("Where a LIMIT is given, …"), but may not be that clause alone. */
const CLAUSE_ALONE = /^(Where|Wherever)\b[^,]*$/

/** Phrases of this project's old private dialect, each with the words to use. */
const PHRASES: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/\bha(?:s|ve) an end\b/, 'is limited'],
  [/\bnever meets?\b/, 'never reaches'],
  [/\b(?:is|are) to stay\b/, 'is accepted, is kept'],
  [/\b(?:knows?|known) nothing of\b/, 'does not know'],
  [/\bnothing is known of\b/i, 'is unknown'],
  [/\bwhoever\b/i, 'the code that, the caller that'],
  [/\bsome (?:hundred|thousand)s?\b/, 'a few hundred, a few thousand'],
  [/\bas far as one (?:can )?sees?\b/, 'as far as the text shows'],
  [/\bby accident\b/, 'by chance'],
  [/\b(?:can|could) be had\b/, 'is available'],
  [/\b(?:is|are|was|were) held (?:to|against)\b/, 'is checked against, is compared with'],
  [/\bholds? (?:it|them|this|that|these|those) (?:to|against)\b/, 'checks it against, compares it with'],
  [
    /\b(?:stands?|stood) (?:in|behind|before|at|on|beside|there|alone|around|between|under|above|elsewhere)\b/,
    'is in, is at, follows, comes before',
  ],
  [/\bhand(?:s|ed|ing)? (?:on|over)\b/, 'pass, forward'],
  [/\b(?:is|are|was|were) through\b/, 'has finished'],
  [/\bputs? (?:it |them |all )?away\b/, 'closes, removes'],
  [/\bwhatever was found\b/, 'success'],
  [/\bin the words of\b/, 'in the syntax of'],
  [/\bwords of the house\b/, 'terms'],
  [/\b(?:tells?|told) of\b/, 'reports'],
  [/\b(?:says?|said) of\b/, 'says about'],
  [/\bspeaks? of\b/, 'is about, refers to'],
]

/** A comment must be understood without the text around it. */
export function unclearComment(text: string): UnclearSentence[] {
  return [...sentencesOf(withoutCode(text)).slice(0, 1).flatMap(referenceOf), ...unclearParagraph(text)]
}

/** A paragraph of a page may refer to the paragraph before it. */
export function unclearParagraph(text: string): UnclearSentence[] {
  return sentencesOf(withoutCode(text)).flatMap((sentence) => [
    ...openingOf(sentence),
    ...dialectOf(sentence),
  ])
}

/** The name of a test is a sentence that may begin with a small letter. */
export function unclearTestName(name: string): UnclearSentence[] {
  const plain = withoutCode(name)
  return [...openingOf(plain.charAt(0).toUpperCase() + plain.slice(1)), ...dialectOf(plain)]
}

/** A message may be a part of a sentence, so only its phrases are checked. */
export function unclearMessage(text: string): UnclearSentence[] {
  return dialectOf(withoutCode(text))
}

function referenceOf(sentence: string): UnclearSentence[] {
  const [reference] = REFERENCE.exec(sentence) ?? []
  return reference === undefined
    ? []
    : [{ sentence, reason: `a comment opens with "${reference}": name the subject` }]
}

function openingOf(sentence: string): UnclearSentence[] {
  if (sentence.endsWith('?')) return []
  const [opening] = OPENING.exec(sentence) ?? []
  if (opening !== undefined) return [{ sentence, reason: `a sentence opens with "${opening}"` }]
  return CLAUSE_ALONE.test(sentence) ? [{ sentence, reason: 'a clause alone is no sentence' }] : []
}

function dialectOf(sentence: string): UnclearSentence[] {
  return PHRASES.flatMap(([phrase, instead]) => {
    const [match] = phrase.exec(sentence) ?? []
    return match === undefined ? [] : [{ sentence, reason: `instead of "${match}" write: ${instead}` }]
  })
}

function sentencesOf(text: string): string[] {
  return text
    .split(/\n[ \t]*\n|\n[ \t]*[-*|] |(?<=[.!?])\s+(?=[A-Z`"(])/)
    .map((sentence) => sentence.replaceAll(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '')
}

/** Code is quoted, so its words are not checked. */
function withoutCode(text: string): string {
  return text.replaceAll(/```.*?```/gs, '').replaceAll(/`[^`]*`/g, '`…`')
}
