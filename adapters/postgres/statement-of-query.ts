// Writes the statement of a query as postgres.js will write it when it sends the query, with the parameters as the application
// gave them. postgres.js does so only when a connection is free, which is too late to count a query.
import type { CopyClasses } from './copy-classes.ts'
import type { QueryInside } from './postgres-like.ts'

export interface Statement {
  readonly sql: string
  params(): readonly unknown[]
}

export type WriteStatement = (query: QueryInside) => Statement

interface Builder {
  build(before: string, params: unknown[], types: unknown[], options: object): unknown
}

export function statementWriter(
  { Query, Builder, Identifier, Parameter }: CopyClasses,
  options: object,
): WriteStatement {
  /** The text of a template whose values are all parameters. Most templates are such, and are sent often. */
  const plainTexts = new WeakMap<readonly string[], string>()

  const isPart = (value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    (value instanceof Builder ||
      value instanceof Query ||
      value instanceof Identifier ||
      (value as unknown[])[0] instanceof Query)
  const givenValue = (arg: unknown) => (arg instanceof Parameter ? (arg as { value?: unknown }).value : arg)

  /** `types` are counted by postgres.js to number the parameters. */
  const write = (query: QueryInside, params: unknown[], types: unknown[]): string => {
    let text = query.strings[0] ?? ''
    for (let at = 1; at < query.strings.length; at++) {
      text += textOf(text, query.args[at - 1], params, types)
      text += query.strings[at]
    }
    return text
  }
  const textOf = (before: string, value: unknown, params: unknown[], types: unknown[]): unknown => {
    if (value instanceof Builder) return (value as Builder).build(before, params, types, options)
    if (value instanceof Query) return write(value as QueryInside, params, types)
    if (value instanceof Identifier) return (value as { value?: unknown }).value
    if (isPart(value))
      return (value as QueryInside[]).map((part) => ` ${write(part, params, types)}`).join('')
    params.push(givenValue(value))
    return `$${types.push(undefined)}`
  }
  const plainText = (strings: readonly string[]): string => {
    const known = plainTexts.get(strings)
    if (known !== undefined) return known
    const text = strings.reduce((text, part, at) => `${text}$${at}${part}`)
    plainTexts.set(strings, text)
    return text
  }

  return (query) => {
    const { strings, args } = query
    const params = () => args.map(givenValue)
    if (!query.tagged) return { sql: strings[0] ?? '', params }
    if (!args.some(isPart)) return { sql: plainText(strings), params }
    const written: unknown[] = []
    try {
      return { sql: write(query, written, []), params: () => written }
    } catch {
      // postgres.js refuses a value, and will refuse it again when it sends the query.
      return { sql: plainText(strings), params: () => [] }
    }
  }
}
