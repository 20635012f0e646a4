// A set-up file without the reporter, in runs of real test runners.
import { expect, test } from 'vitest'
import { NOT_REPORTED, project, REPORTER, run, runVitest, SET_UP } from './run-tests.ts'

test('vitest with the set-up file alone says once what is missing', async () => {
  const output = await runVitest([SET_UP])
  expect(output.split(NOT_REPORTED)).toHaveLength(2)
  expect(output).toContain(`next  ${REPORTER}`)
})

test('node:test by --import says that the summary is missing', async () => {
  const output = await run(['--import', 'pg-loupe/node-test', '--test', 'books.test.mjs'], project)
  expect(output).toContain(NOT_REPORTED)
  expect(output).toContain('next  node --require pg-loupe/node-test --test')
})
