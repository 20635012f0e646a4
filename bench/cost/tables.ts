// Prints the results of the bench as Markdown tables.
import { compare } from './compare.ts'
import { type Generations, SCENARIOS, type Scenario, type Variant } from './measure.ts'
import { quantile, quartiles } from './quantiles.ts'

export interface Result {
  variant: Variant
  generations: Generations
}

/** Every variant in comparison with the bare driver. */
export function costTable(node: string, scenario: string, results: readonly Result[]): string {
  const { title, inPlace } = SCENARIOS[scenario] as Scenario
  const bare = results.find(({ variant }) => variant.name === 'bare')?.generations.flat() ?? []
  const rows = results.map(({ variant, generations }) => {
    const rounds = generations.flat()
    const [low, middle, high] = quartiles(
      rounds.map(({ cpuUs }, at) => cpuUs / (bare[at]?.cpuUs ?? Number.NaN)),
    )
    const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs)
    return {
      variant: variant.label,
      'CPU, times bare': variant.name === 'bare' ? '1' : `${two(middle)} (${two(low)} to ${two(high)})`,
      'CPU µs': Math.round(
        quantile(
          rounds.map(({ cpuUs }) => cpuUs),
          0.5,
        ),
      ),
      'per second': Math.round(
        1e6 /
          quantile(
            rounds.map(({ wallUs }) => wallUs),
            0.5,
          ),
      ),
      ...(inPlace
        ? {}
        : { 'p50 ms': two(quantile(latencies, 0.5)), 'p99 ms': two(quantile(latencies, 0.99)) }),
    }
  })
  return `\nNode ${node}, ${title}\n${markdownTable(rows)}`
}

/** Every variant of this build in comparison with the same variant of another build. */
export function comparisonTable(
  node: string,
  scenario: string,
  pairs: readonly (readonly [Result, Result])[],
): string {
  const { title } = SCENARIOS[scenario] as Scenario
  const rows = pairs.map(([here, there]) => {
    const { ratio, low, high, verdict } = compare(here.generations, there.generations)
    return {
      variant: here.variant.label,
      against: there.variant.label,
      'CPU ratio': two(ratio),
      '95 % interval': `${two(low)} to ${two(high)}`,
      verdict,
    }
  })
  return `\nNode ${node}, ${title}\n${markdownTable(rows)}`
}

function markdownTable(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => String(row[column]).length)),
  )
  const line = (cells: readonly unknown[]) =>
    `| ${cells.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [
    line(columns),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row) => line(columns.map((column) => row[column]))),
  ].join('\n')
}

function two(value: number): string {
  return value.toFixed(2)
}
