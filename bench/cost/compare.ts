// Decides whether one build costs more than another. V8 optimises each process differently, and these differences are larger
// than those between the rounds of one process, so each generation of processes counts as one sample.
import type { Generations } from './measure.ts'
import { median } from './quantiles.ts'

export interface Comparison {
  /** CPU time of the first build, as a multiple of the second's. */
  ratio: number
  /** The 95 % confidence interval of the ratio. */
  low: number
  high: number
  verdict: 'costs more' | 'costs less' | 'no difference shown'
}

/**
 * Compares two builds that were measured in the same rounds.
 *
 * @throws RangeError when there are fewer than two generations, because the noise between generations is then unknown.
 */
export function compare(builds: Generations, others: Generations): Comparison {
  const logs = builds.map((rounds, generation) =>
    Math.log(
      median(rounds.map(({ cpuUs }, round) => cpuUs / (others[generation]?.[round]?.cpuUs ?? Number.NaN))),
    ),
  )
  if (logs.length < 2) throw new RangeError('A comparison takes two generations of processes or more.')
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1)
  const margin = studentT(logs.length - 1) * Math.sqrt(variance / logs.length)
  const low = Math.exp(mean - margin)
  const high = Math.exp(mean + margin)
  const verdict = low > 1 ? 'costs more' : high < 1 ? 'costs less' : 'no difference shown'
  return { ratio: Math.exp(mean), low, high, verdict }
}

/** Two-sided 95 % quantiles of Student's t distribution for 1 to 30 degrees of freedom, from printed tables. */
const STUDENT_T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]
/** The quantile of the normal distribution, which is close enough beyond the table. */
const NORMAL = 1.96

function studentT(degreesOfFreedom: number): number {
  return STUDENT_T[degreesOfFreedom - 1] ?? NORMAL
}
