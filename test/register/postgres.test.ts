// Tests applications on postgres.js that contain no code of pg-loupe, profiled from outside.
import { expect, test } from 'vitest'
import { IMPORT, lineOf, profile, summaryOf } from './profile-application.ts'

test.each([
  ['an ES module', 'postgres.mjs', IMPORT],
  ['CommonJS', 'postgres.cjs', ['--require', 'pg-loupe/register']],
])('pools of postgres.js as %s are profiled from their first query on', async (_name, app, args) => {
  const { report, stdout, stderr } = await profile(app, args, { NODE_ENV: 'development' })
  expect(stdout).toBe('ok function\n')
  expect(summaryOf(report)).toEqual({ 'GET /books': { queries: 6, loops: [lineOf(app, '// loop')] } })
  expect(report.findings).toMatchObject([{ detector: 'n-plus-one', confidence: 'proven' }])
  expect(stderr).not.toContain('A connection to PostgreSQL was opened')
})
