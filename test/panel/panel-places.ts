// The variables that say where panels of one user announce themselves. A test sets all of them, so that it neither finds the
// panels of the developer who runs it nor is found by the developer's processes.

/** `folder` is that of one test. */
export function panelPlaces(
  folder: string,
): Record<'XDG_RUNTIME_DIR' | 'XDG_CACHE_HOME' | 'LOCALAPPDATA', string> {
  return { XDG_RUNTIME_DIR: folder, XDG_CACHE_HOME: folder, LOCALAPPDATA: folder }
}
