// What the command says by its exit code. 1 is left free for findings that are asked to fail a build.

export const WRONG_USAGE = 2

export const EXIT_CODES = `
Exit codes:
  0  well, whatever was found
  1  kept for findings that fail a build
  2  wrong usage, or input that could not be read`
