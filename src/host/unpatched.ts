// Tracing libraries (OpenTelemetry and others that use shimmer) replace functions of Node.js and keep the original beside the
// replacement. The connections of this package use the original, so that they appear in no trace of the application.

/** The function below all replacements that name their original. */
export function unpatched<Fn extends (...args: never[]) => unknown>(fn: Fn): Fn {
  let original = fn
  for (let depth = 0; depth < MOST_REPLACEMENTS; depth++) {
    const { __original: below } = original as Fn & { __original?: unknown }
    if (typeof below !== 'function') break
    original = below as Fn
  }
  return original
}

/** More tracing libraries than any application has. The limit ends a chain that leads back to itself. */
const MOST_REPLACEMENTS = 10
