// Replaces src/host/real-time.ts in tests of limits in seconds: `vi.mock('…/src/host/real-time.ts', () =>
// import('…/replaceable-time.ts'))`. It reads the globals each time, so that fake timers reach the code under test.
export const now = () => performance.now()
export const processStartMs = performance.timeOrigin
export const epochMs = () => Date.now()
export const isoTime = (atEpochMs: number) => new Date(atEpochMs).toISOString()
export const parseTime = (text: string) => Date.parse(text)
const timer = (act: () => void, ms: number) => setTimeout(act, ms)
const clear = (started: NodeJS.Timeout | undefined) => clearTimeout(started)
const immediate = (act: () => void) => setImmediate(act)

export { clear as clearTimeout, immediate as setImmediate, timer as setTimeout }
