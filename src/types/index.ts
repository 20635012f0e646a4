// The words of the project as types. Other files import from the one that they need.
export type * from './detector.ts'
export type * from './finding.ts'
export type * from './query.ts'
export type * from './report.ts'
export type * from './reporter.ts'
export type * from './trace.ts'
