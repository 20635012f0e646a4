// The exit codes of the command, and the only place that gives them a meaning. docs/cli.md has the same table.

export const FINDINGS = 1
export const WRONG_USAGE = 2
/** As a shell says it. */
export const NOT_EXECUTABLE = 126
export const NOT_FOUND = 127
/** The number of the signal is added. */
export const KILLED = 128

export const EXIT_CODES = `
Exit codes:
  0  success (findings alone do not fail the command)
  1  findings that should fail the command
  2  wrong usage, input that could not be read, or output that could not be written`

export const RUN_EXIT_CODES = `
Exit codes:
  the exit code of the command if that is not 0 (127 if there is no such command, 126 if it cannot be executed, 128 plus
  the signal's number if a signal ended it); otherwise
  0  success (findings alone do not fail the command)
  1  findings that should fail the command
  2  wrong usage, traces that could not be read, or output that could not be written`

export const DOCTOR_EXIT_CODES = `
Exit codes:
  0  all captured
  1  something is not captured, or could not be checked
  2  wrong usage, or the command could not be started`

/** Codes of `await` and `verify`. */
export const NOTHING_CAME = 3
export const INCONCLUSIVE = 4

export const PANEL_EXIT_CODES = `
Exit codes:
  0  success
  2  wrong usage, or a question that cannot be answered`

export const AWAIT_EXIT_CODES = `
Exit codes:
  0  the request came
  2  wrong usage, or a question that cannot be answered
  3  no such request came in time`

export const VERIFY_EXIT_CODES = `
Exit codes:
  0  the finding is fixed
  1  it is still there
  2  wrong usage, or a question that cannot be answered
  3  no request of its route was captured in time
  4  the requests that came prove nothing, for example a list with one row`

export const DEV_EXIT_CODES = `
Exit codes:
  the exit code of the command (127 if there is no such command, 126 if it cannot be executed, 128 plus the signal's number
  if a signal ended it); without a command
  0  the panel was ended
  2  wrong usage, or a panel that could not be started`

export const MCP_EXIT_CODES = `
Exit codes:
  0  the client has closed the connection
  2  wrong usage`
