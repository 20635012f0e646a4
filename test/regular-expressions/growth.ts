// How the work of a regular expression grows with the length of its input. It compares processor times of one process with one
// another, and a text with a longer one: what else the machine does, and how quick it is, makes no difference to that.
import { type HardInput, hardInputs, inputOf } from './worst-inputs.ts'

/** A quadratic expression takes four times as long for twice the text. */
const SUPERLINEAR = 3
const WHOLE_LENGTH = 100_000
/** Candidates are compared by short inputs, in steps, so that what is exponential is found before it takes hours. */
const TRIED_LENGTHS = [20, 24, 30, 38, 47, 60, 75, 95, 120, 150, 190, 240, 300, 400, 2000]
/** So few characters take nothing near that unless an expression is superlinear, and twice as many might take for ever. */
const SHORT_LENGTH = 400
const SLOW_TRY_MS = 4
const CANDIDATES = 4

/** The input for which the work of the expression grows faster than its length; `undefined` when none was found. */
export function superlinearInput(source: string, flags: string): HardInput | undefined {
  const expression = new RegExp(source, flags)
  // Compiled before anything is measured.
  run(expression, 'a b'.repeat(100))
  const tried: { input: HardInput; ms: number }[] = []
  for (const input of hardInputs(source, flags)) {
    const { ms, length, isSlow } = tryOut(expression, input)
    if (isSlow && (length <= SHORT_LENGTH || growsTooFast(expression, input))) return input
    tried.push({ input, ms })
  }
  tried.sort((a, b) => b.ms - a.ms)
  return tried
    .slice(0, CANDIDATES)
    .map(({ input }) => input)
    .find((input) => growsTooFast(expression, input))
}

function growsTooFast(expression: RegExp, input: HardInput): boolean {
  for (let length = 100; length <= WHOLE_LENGTH; length *= 2) {
    const once = cost(expression, input, length)
    if (once < SLOW_TRY_MS) continue
    const twice = cost(expression, input, 2 * length)
    if (twice <= SUPERLINEAR * once) return false
    // Twice in a row: a single time may be too long for other reasons.
    return cost(expression, input, 4 * length) > SUPERLINEAR * twice
  }
  return false
}

function tryOut(expression: RegExp, input: HardInput): { ms: number; length: number; isSlow: boolean } {
  let ms = 0
  let length = 0
  for (length of TRIED_LENGTHS) {
    const text = inputOf(input, length)
    const startMs = performance.now()
    run(expression, text)
    ms = performance.now() - startMs
    // A busy machine makes a run long as well: without this look at the processor time, the longer inputs would not be tried, and
    // an exponential expression would meet WHOLE_LENGTH, which it never finishes.
    if (ms > SLOW_TRY_MS && cost(expression, input, length) > SLOW_TRY_MS) {
      return { ms, length, isSlow: true }
    }
  }
  return { ms, length, isSlow: false }
}

/** Milliseconds of the processor, the best of some runs. */
function cost(expression: RegExp, input: HardInput, length: number): number {
  const text = inputOf(input, length)
  let best = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 3; turn++) {
    const before = process.cpuUsage()
    run(expression, text)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1000)
    if (best > 1000) break
  }
  return best
}

function run(expression: RegExp, text: string): void {
  if (expression.global) text.replace(expression, '')
  else expression.test(text)
  expression.lastIndex = 0
}
