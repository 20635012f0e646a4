// The fingerprints of statements, and the facts about a statement that are known without running it.

export { type Bound, type BoundOptions, bound } from './bounds/bound.ts'
export type * from './bounds/catalog-shape.ts'
export { type ValueType, valueTypes } from './clauses/value-types.ts'
export { type Fingerprint, fingerprint } from './fingerprint/fingerprint.ts'
export { type Placeholder, readPlaceholders } from './fingerprint/placeholders.ts'
export type { StatementKind } from './fingerprint/statement-kind.ts'
export { type StatementValue, statementValues } from './fingerprint/statement-values.ts'
export { analyzeStatement } from './parse/analyze-statement.ts'
export {
  isParserLoaded,
  isParserMissing,
  loadParser,
  type ParseFailure,
  type ParserCounts,
  parserCounts,
} from './parse/parser.ts'
export type * from './parse/statement-analysis.ts'
