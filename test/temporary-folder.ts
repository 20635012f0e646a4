// A folder for one test, removed when the test is done, and when the whole run is killed before that.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject, onTestFinished, type TestContext } from 'vitest'

/**
 * For its owner alone, as mkdtemp makes it.
 * @param t the test it is for, which a test that runs beside others has to say
 */
export function temporaryFolder(t: Pick<TestContext, 'onTestFinished'> = { onTestFinished }): string {
  const folder = mkdtempSync(join(inject('runFolder'), 'folder-'))
  t.onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
