// The code by which a failed query is recorded: the SQLSTATE when the database answered, otherwise the code of Node.js. pg's
// own errors have no code, and only their message distinguishes a timeout from a lost connection, so they get the
// corresponding code of Node.js. The code and name of an application's own error may contain anything and are not recorded.

const OWN_ERRORS: readonly [RegExp, string][] = [
  [/timeout/i, 'ETIMEDOUT'],
  [/^Connection terminated|connection error/i, 'ECONNRESET'],
  [/not queryable|after calling end/i, 'ENOTCONN'],
]

const SQLSTATE = /^[0-9A-Z]{5}$/
/** Codes of the operating system, of Node.js, and of certificates (`CERT_HAS_EXPIRED`). */
const CODE_OF_NODE =
  /^(?:E(?:AI_)?[A-Z2]{2,20}|ERR_[A-Z0-9_]{1,60}|ABORT_ERR|(?:CERT|CRL|DEPTH|ERROR|HOSTNAME|INVALID|PATH|SELF|UNABLE)_[A-Z_]{1,40})$/
const NAME_OF_ERROR = /^(?:[A-Z][A-Za-z]{0,40})?Error$/

export function errorCode(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && (SQLSTATE.test(code) || CODE_OF_NODE.test(code))) return code
  const own = typeof message === 'string' && OWN_ERRORS.find(([pattern]) => pattern.test(message))
  if (own) return own[1]
  const name = error instanceof Error ? error.name : undefined
  return typeof name === 'string' && NAME_OF_ERROR.test(name) ? name : 'Error'
}
