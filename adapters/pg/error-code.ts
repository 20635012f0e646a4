// The code by which a failed query is recorded: SQLSTATE where the database has answered, else the code of Node.js. pg's
// own errors have none, and only their message tells a timeout from a lost connection; they get the code that Node.js
// has for the same.

const OWN_ERRORS: readonly [RegExp, string][] = [
  [/timeout/i, 'ETIMEDOUT'],
  [/^Connection terminated|connection error/i, 'ECONNRESET'],
  [/not queryable|after calling end/i, 'ENOTCONN'],
]

export function errorCode(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string') return code
  const own = typeof message === 'string' && OWN_ERRORS.find(([pattern]) => pattern.test(message))
  if (own) return own[1]
  return error instanceof Error ? error.name : 'Error'
}
