// Texts that are hard for one regular expression, made of what it looks for itself: a piece that a part of it matches, again
// and again, behind something that makes it begin, and before something that makes it fail at the end.
import { type Part, partsOf } from './parts-of-expression.ts'

export interface HardInput {
  prefix: string
  pump: string
  suffix: string
}

const FAILURES = ['', '\0', '\n', '(', 'x"']
/** Number of different texts for each part. */
const SAMPLES = 3
const PIECES = 30
const PAIRED = 12
const PREFIXES = 6
const CHARACTERS = [...'a0 _.,:;-/\'"()[]*<>=@#%$?\\\n\t\0Zé']

export function hardInputs(source: string, flags: string): HardInput[] {
  const pieces = new Set<string>()
  const prefixes = new Set([''])
  for (const parts of partsOf(source)) collect(parts, flags, pieces, prefixes)
  const single = [...pieces].filter((piece) => piece !== '').slice(0, PIECES)
  const paired = single.slice(0, PAIRED)
  const alone = single.flatMap((pump) => [...prefixes].slice(0, PREFIXES).map((prefix) => ({ prefix, pump })))
  const pairs = paired.flatMap((one) => paired.map((two) => ({ prefix: '', pump: one + two })))
  // A late part of the text may make the match fail, as a second SELECT does.
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

/** The pieces of a sequence, of each run of its parts, and of what is inside of them. */
function collect(parts: readonly Part[], flags: string, pieces: Set<string>, prefixes: Set<string>): void {
  for (const [from, part] of parts.entries()) {
    for (const text of sequence(parts.slice(0, from), flags)) prefixes.add(text)
    for (let to = parts.length; to > from; to--) {
      for (const text of sequence(parts.slice(from, to), flags)) pieces.add(text)
    }
    for (const inner of insideOf(part)) collect(inner, flags, pieces, prefixes)
  }
}

function insideOf(part: Part): readonly (readonly Part[])[] {
  if (part.kind === 'repeated') return [[part.part]]
  return part.kind === 'group' ? part.alternatives : []
}

function sequence(parts: readonly Part[], flags: string): string[] {
  let texts = ['']
  for (const part of parts) {
    const next = samples(part, flags)
    texts = texts.flatMap((text) => next.map((piece) => text + piece)).slice(0, SAMPLES)
  }
  return texts
}

function samples(part: Part, flags: string): string[] {
  switch (part.kind) {
    case 'text':
      return [part.text]
    case 'set': {
      const one = new RegExp(`^${part.raw}$`, flags.replace(/[gy]/g, ''))
      return CHARACTERS.filter((character) => one.test(character)).slice(0, SAMPLES)
    }
    case 'group':
      if (part.isLookAround) return ['']
      return part.alternatives.flatMap((parts) => sequence(parts, flags).slice(0, 1)).slice(0, SAMPLES)
    case 'repeated':
      return samples(part.part, flags).map((text) => text.repeat(Math.max(1, part.least)))
  }
}
