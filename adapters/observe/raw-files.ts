// Lists the files on the stack as they run. A formatter of stacks may map them to sources that do not exist: the package of
// Drizzle has source maps to sources that it does not contain.

/** Every measured ORM calls pg within so many frames of the application. */
const FRAMES = 25

/** The files that run, even if something in this process maps stacks to sources. */
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

/** Does nothing when `Error` is frozen. Returns the function that restores the property. */
function setTemporarily(name: 'stackTraceLimit' | 'prepareStackTrace', value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(Error, name)
  if (!Reflect.set(Error, name, value)) return () => {}
  return () => {
    if (before) Reflect.defineProperty(Error, name, before)
    else Reflect.deleteProperty(Error, name)
  }
}
