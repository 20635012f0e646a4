// The runner has no moment for others after its last test but the end of its process.
import { defaultProfiler } from '../../src/profiler/default-profiler.ts'
import { startTestRun } from '../../src/runners/test-run.ts'

export function reportAtEnd(): void {
  const run = startTestRun()
  process.once('beforeExit', () => {
    void finish()
  })

  async function finish(): Promise<void> {
    // Where the tests ran in this process.
    await defaultProfiler().settled()
    const { text, failed } = await run.finish()
    process.stderr.write(text)
    if (failed) process.exitCode ||= 1
  }
}
