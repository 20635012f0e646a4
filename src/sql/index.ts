// What two queries share, and what can be known of one without running it.

export { type Fingerprint, fingerprint } from './fingerprint.ts'
export type { StatementKind } from './statement-kind.ts'
export { type StatementValue, statementValues } from './statement-values.ts'
