export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

export function quartiles(samples: readonly number[]): [number, number, number] {
  return [quantile(samples, 0.25), quantile(samples, 0.5), quantile(samples, 0.75)]
}

/** The sample below which `share` of the samples are. `NaN` without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
