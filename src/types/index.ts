// All public types in one module. Files of this package import from the module that defines the type.
export type * from './detector.ts'
export type * from './finding.ts'
export type * from './query.ts'
export type * from './report.ts'
export type * from './reporter.ts'
export type * from './trace.ts'
