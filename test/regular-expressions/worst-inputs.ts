// Texts that are hard for one regular expression, made of what it looks for itself: a piece that a part of it matches, again
// and again, behind something that makes it begin, and before something that makes it fail at the end.
import { type AST, RegExpParser } from '@eslint-community/regexpp'

export interface HardInput {
  prefix: string
  pump: string
  suffix: string
}

const FAILURES = ['', '\0', '\n', '(', 'x"']
/** Of each part so many different texts. */
const SAMPLES = 3
const PIECES = 30
const PAIRED = 12
const PREFIXES = 6
const CHARACTERS = [...'a0 _.,:;-/\'"()[]*<>=@#%$?\\\n\t\0Zé']

export function hardInputs(source: string, flags: string): HardInput[] {
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: flags.includes('u') })
  const pieces = new Set<string>()
  const prefixes = new Set([''])
  for (const { elements } of pattern.alternatives) collect(elements, flags, pieces, prefixes)
  const single = [...pieces].filter((piece) => piece !== '').slice(0, PIECES)
  const paired = single.slice(0, PAIRED)
  const alone = single.flatMap((pump) => [...prefixes].slice(0, PREFIXES).map((prefix) => ({ prefix, pump })))
  const pairs = paired.flatMap((one) => paired.map((two) => ({ prefix: '', pump: one + two })))
  // What comes too late may be what makes it fail, as a second SELECT does.
  const late = single
    .slice(0, PAIRED)
    .flatMap((suffix) => paired.map((pump) => ({ prefix: '', pump, suffix })))
  return [
    ...[...alone, ...pairs].flatMap((input) => FAILURES.map((suffix) => ({ ...input, suffix }))),
    ...late,
  ]
}

export function inputOf({ prefix, pump, suffix }: HardInput, length: number): string {
  return prefix + pump.repeat(Math.ceil(length / pump.length)) + suffix
}

/** The pieces of a sequence, of each run of its elements, and of what is inside of them. */
function collect(
  elements: readonly AST.Element[],
  flags: string,
  pieces: Set<string>,
  prefixes: Set<string>,
): void {
  for (let from = 0; from < elements.length; from++) {
    for (const text of sequence(elements.slice(0, from), flags)) prefixes.add(text)
    for (let to = elements.length; to > from; to--) {
      for (const text of sequence(elements.slice(from, to), flags)) pieces.add(text)
    }
    for (const inner of insideOf(elements[from] as AST.Element)) collect(inner, flags, pieces, prefixes)
  }
}

function insideOf(element: AST.Element): readonly (readonly AST.Element[])[] {
  if (element.type === 'Quantifier') return [[element.element]]
  if (element.type === 'Group' || element.type === 'CapturingGroup' || 'alternatives' in element) {
    return element.alternatives.map(({ elements }) => elements)
  }
  return []
}

function sequence(elements: readonly AST.Element[], flags: string): string[] {
  let texts = ['']
  for (const element of elements) {
    const next = samples(element, flags)
    texts = texts.flatMap((text) => next.map((piece) => text + piece)).slice(0, SAMPLES)
  }
  return texts
}

function samples(element: AST.Element, flags: string): string[] {
  switch (element.type) {
    case 'Character':
      return [String.fromCodePoint(element.value)]
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass': {
      const one = new RegExp(`^${element.raw}$`, flags.replace(/[gy]/g, ''))
      return CHARACTERS.filter((character) => one.test(character)).slice(0, SAMPLES)
    }
    case 'Group':
    case 'CapturingGroup':
      return element.alternatives
        .flatMap(({ elements }) => sequence(elements, flags).slice(0, 1))
        .slice(0, SAMPLES)
    case 'Quantifier':
      return samples(element.element, flags).map((text) => text.repeat(Math.max(1, element.min)))
    default:
      return ['']
  }
}
