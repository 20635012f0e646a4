// What two queries share, and what can be known of one without running it.

export { analyzeStatement } from './analyze-statement.ts'
export { type Bound, type BoundOptions, bound } from './bound.ts'
export type * from './catalog-shape.ts'
export { type Fingerprint, fingerprint } from './fingerprint.ts'
export {
  isParserLoaded,
  isParserMissing,
  loadParser,
  type ParseFailure,
  type ParserCounts,
  parserCounts,
} from './parser.ts'
export { type Placeholder, readPlaceholders } from './placeholders.ts'
export type * from './statement-analysis.ts'
export type { StatementKind } from './statement-kind.ts'
export { type StatementValue, statementValues } from './statement-values.ts'
export { type ValueType, valueTypes } from './value-types.ts'
