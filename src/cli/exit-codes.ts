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
