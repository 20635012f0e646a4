// Numbers as people read them.

export function numberText() {
  const count = (value: number): string => value.toLocaleString('en')

  const milliseconds = (value: number): string => {
    if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`
    return `${value < 10 ? value.toFixed(1) : count(Math.round(value))} ms`
  }

  const bytes = (value: number): string => {
    if (value < 1000) return `${value} bytes`
    return value < 1e6 ? `${(value / 1000).toFixed(1)} kB` : `${(value / 1e6).toFixed(1)} MB`
  }

  /** `1 query`, `2 queries` */
  const plural = (value: number, one: string, many: string): string =>
    `${count(value)} ${value === 1 ? one : many}`

  return { count, milliseconds, bytes, plural }
}
