// The runner offers no event after its last test except the end of its process.
import { defaultProfiler } from '../../src/profiler/default-profiler.ts'
import { startTestRun } from '../../src/runners/test-run.ts'

export function reportAtEnd(): void {
  const run = startTestRun()
  process.once('beforeExit', () => {
    void finish()
  })

  async function finish(): Promise<void> {
    // The tests ran in this process.
    await defaultProfiler().settled()
    const { text, failed } = await run.finish()
    process.stderr.write(text)
    if (failed) process.exitCode ||= 1
  }
}
