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
  0  success, whatever was found
  1  findings that were asked to fail
  2  wrong usage, input that could not be read, or output that could not be written`

export const RUN_EXIT_CODES = `
Exit codes:
  that of the command when it is not 0: 127 when there is no such command, 126 when it cannot be executed, 128 and the
  signal's number when a signal ended it; otherwise
  0  success, whatever was found
  1  findings that were asked to fail
  2  wrong usage, traces that could not be read, or output that could not be written`

export const DOCTOR_EXIT_CODES = `
Exit codes:
  0  all captured
  1  something is not captured, or could not be checked
  2  wrong usage, or the command could not be started`
