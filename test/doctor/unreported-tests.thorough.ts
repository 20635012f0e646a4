// The reporter without the set-up file, and runs in which nothing is missing.
import { expect, test } from 'vitest'
import { NOT_REPORTED, NOT_TRACED, project, REPORTER, run, runVitest, SET_UP } from './run-tests.ts'

test('vitest with the reporter alone says once what is missing', async () => {
  const output = await runVitest([REPORTER])
  expect(output.split(NOT_TRACED)).toHaveLength(2)
  expect(output).toContain(`next  ${SET_UP}`)
})

test('vitest with both says nothing of it', async () => {
  const output = await runVitest([SET_UP, REPORTER])
  expect(output).toMatch(/\d+ queries in 2 tests/)
  expect(output).not.toMatch(/next {2}|lost {2}/)
})

test('vitest with the set-up file for its matchers says nothing of it', async () => {
  const output = await runVitest([SET_UP, "include: ['matcher.spec.mjs']"])
  expect(output).toMatch(/1 passed/)
  expect(output).not.toContain(NOT_REPORTED)
})

test('node:test by --require says nothing of it', async () => {
  const output = await run(['--require', 'pg-loupe/node-test', '--test', 'books.test.mjs'], project)
  expect(output).not.toContain(NOT_REPORTED)
  expect(output).not.toContain('next  node --require pg-loupe/node-test --test')
})
