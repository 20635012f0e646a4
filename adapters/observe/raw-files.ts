// The files on the stack as they run. A formatter of stacks may map them to sources that are not there: Drizzle brings source
// maps to sources it does not bring.

/** Every ORM measured calls pg within so many frames of the application. */
const FRAMES = 25

/** The files that run, whatever maps stacks in this process: Drizzle brings source maps to sources it does not bring. */
export function rawFiles(): string[] {
  const captured: { stack?: unknown } = {}
  const restore = [
    setTemporarily('stackTraceLimit', FRAMES),
    setTemporarily('prepareStackTrace', (_error: unknown, sites: NodeJS.CallSite[]) => sites),
  ]
  try {
    Error.captureStackTrace(captured)
    const sites = captured.stack
    return Array.isArray(sites) ? sites.map((site: NodeJS.CallSite) => site.getFileName() ?? '') : []
  } finally {
    for (const undo of restore) undo()
  }
}

/** Does nothing where `Error` is frozen. Returns the function that leaves no trace of it. */
function setTemporarily(name: 'stackTraceLimit' | 'prepareStackTrace', value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(Error, name)
  if (!Reflect.set(Error, name, value)) return () => {}
  return () => {
    if (before) Reflect.defineProperty(Error, name, before)
    else Reflect.deleteProperty(Error, name)
  }
}
