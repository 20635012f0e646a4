// Queries outside of requests: in the main program, in timers and in events.
import { expect, test } from 'vitest'
import { findsLoop, findsNoLoop, profile } from './run-outside.ts'

test.each(['interval', 'chain of timeouts', 'messages of a socket'])(
  'no loop is found in what is repeated by: %s',
  findsNoLoop,
)

test.each([
  ['loop of the main program', '// touch'],
  ['loop of a tick', '// touch'],
])('the %s is found at its line', findsLoop)

test('a script has no budget that nobody gave it', async () => {
  const free = await profile('many different queries')
  expect([free.queries, free.findings]).toEqual([131, []])
  const bound = await profile('many different queries', {
    'query-budget': { routes: { 'outside any trace': 20 } },
  })
  expect(bound.findings.map(({ detector }) => detector)).toEqual(['query-budget'])
})
