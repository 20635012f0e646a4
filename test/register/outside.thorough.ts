// All other ways in which a program sends queries outside of requests.
import { test } from 'vitest'
import { findsLoop, findsNoLoop } from './run-outside.ts'

test.each([
  'interval that waits for something else first',
  'loop that sleeps',
  'loops that sleep side by side',
  'iterated interval',
  'messages of a port',
  'notifications that come at once',
])('no loop is found in what is repeated by: %s', findsNoLoop)

test.each([
  ['loop of the main program after a sleep', '// touch'],
  ['loop through callbacks', '// touch back'],
  ['loop over the lines of a file', '// touch'],
])('the %s is found at its line', findsLoop)
