// A bundle that holds pg-loupe lacks what bundlers leave out: the WebAssembly of its parser, and, without a source map, the
// names of files.
import type { Notice } from './notice.ts'
import type { SetupFacts } from './setup-facts.ts'

const NEXT_STEP =
  'Leave it out of the bundle: esbuild --external:pg-loupe; docs/bundlers.md has the line for other bundlers.'

export function explainBundle({ bundle }: SetupFacts): Notice[] {
  if (!bundle) return []
  const { file, hasParser, hasSourceMap } = bundle
  const notice = (id: Notice['id'], seen: string, lost: string): Notice => ({
    id,
    key: id,
    level: 'fault',
    seen: `pg-loupe is part of the bundle ${file}, ${seen}`,
    lost,
    nextStep: NEXT_STEP,
  })
  return [
    ...(hasParser
      ? []
      : [
          notice(
            'bundled-without-parser',
            "which does not hold PostgreSQL's parser (libpg-query is WebAssembly).",
            'unbounded-select and unbounded-array find nothing.',
          ),
        ]),
    ...(hasSourceMap
      ? []
      : [
          notice(
            'bundled-without-source-map',
            'which has no source map.',
            'Findings name lines of the bundle, and may take a library in it for your code.',
          ),
        ]),
  ]
}
