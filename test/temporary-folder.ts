// A folder for one test, removed when the test is done, and when the whole run is killed before that.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject, onTestFinished, type TestContext, TestRunner } from 'vitest'

/**
 * For its owner alone, as mkdtemp makes it.
 * @param t the test it is for. A concurrent test has to name itself, because the global hook belongs to the test that started last.
 * @throws in a concurrent test that does not name itself
 */
export function temporaryFolder(t?: Pick<TestContext, 'onTestFinished'>): string {
  if (t === undefined && TestRunner.getCurrentTest()?.concurrent)
    throw new Error('A concurrent test has to pass its context to temporaryFolder().')
  const folder = mkdtempSync(join(inject('runFolder'), 'folder-'))
  const { onTestFinished: whenFinished } = t ?? { onTestFinished }
  whenFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
