// Notices about comments `pg-loupe-ignore` that leave nothing out.
import type { Notice } from './notice.ts'
import type { SetupFacts, WrongComment } from './setup-facts.ts'

export function explainComments({ surroundings }: SetupFacts): Notice[] {
  return (surroundings?.wrongComments ?? []).map(({ why, place }) => ({
    id: 'comment-without-effect',
    key: `comment-without-effect ${place?.file}:${place?.line}`,
    level: 'fault',
    seen: SEEN[why],
    lost: 'It leaves nothing out, so the findings it is meant for are reported.',
    nextStep: STEPS[why],
    place,
  }))
}

const SEEN: Readonly<Record<WrongComment['why'], string>> = {
  'no reason': 'A comment pg-loupe-ignore has no reason.',
  'unknown detector': 'A comment pg-loupe-ignore names a detector that does not exist.',
  'wrong day': 'A comment pg-loupe-ignore counts until a day that does not exist.',
}

const STEPS: Readonly<Record<WrongComment['why'], string>> = {
  'no reason': '/* pg-loupe-ignore: why the queries stay as they are */',
  'unknown detector': '/* pg-loupe-ignore n-plus-one: why the queries stay as they are */',
  'wrong day': '/* pg-loupe-ignore until 2027-01-31: why the queries stay as they are */',
}
