// Waiting for a request: the option, and the command that sends the request meanwhile.
import { InvalidArgumentError, Option } from 'commander'
import { unquote } from '../../agents/quoted-text.ts'
import { runProgram } from '../run-program.ts'
import { tell } from '../tell.ts'

export const WAIT_SECONDS = 60
/** Connections without any answer are closed after five minutes. */
const LONGEST_SECONDS = 240

export function waitOption(): Option {
  return new Option('--wait <seconds>', 'how long to wait').argParser(parseSeconds).default(WAIT_SECONDS)
}

export function parseNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('It takes the number of a request.')
  return Number(value)
}

function parseSeconds(value: string): number {
  const seconds = Number(value)
  if (value.trim() === '' || !(seconds >= 0 && seconds <= LONGEST_SECONDS))
    throw new InvalidArgumentError(`It takes seconds, from 0 to ${LONGEST_SECONDS}.`)
  return seconds
}

export function tellWaiting(route: string | undefined, seconds: number): void {
  if (seconds === 0) return
  const what = route === undefined ? 'a request' : unquote(route)
  tell(`waiting ${seconds} s for ${what}; send it to the application now`)
}

/** Standard output belongs to the answer, so that of the command goes to standard error. */
export async function runMeanwhile(words: readonly string[]): Promise<void> {
  const { status, ran } = await runProgram(words, process.env, { stdout: 2 })
  if (!ran) process.exit(status)
  if (status !== 0) tell(`${words[0]} ended with status ${status}`)
}
