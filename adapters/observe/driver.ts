/**
 * Describes a driver, so that it can be found in a process and its users can be named. The adapter of each driver has one in
 * its `driver.ts`, which imports nothing that patches anything, and `drivers.ts` lists them.
 */
export interface Driver {
  /** The packages of the driver, which are passed over when a stack is searched for the caller of the driver. */
  readonly packages: readonly string[]
  /** The classes through which applications send queries. */
  readonly classes: readonly DriverClass[]
  /** The name of the database that a pool or client leads to, if it can be told. */
  databaseName(source: object): string | undefined
  /** The most connections that a pool opens. */
  poolSize(pool: object): number | undefined
  /** Whether a client belongs to a pool. The uses of such a client are counted for its pool. */
  isPooled(client: object, pools: Iterable<object>): boolean
}

/** A class of pools or of clients, and the file of the driver that exports it. */
export interface DriverClass {
  /** The name by which notices call the driver, for example `pg.native`. */
  readonly name: string
  readonly kind: 'pool' | 'client'
  /** The method that each use passes, in the async context of the code that uses it. */
  readonly method: string
  readonly file: LibraryFile
  /** The class in what the file exports; absent where the file exports the class itself. */
  classIn?(exported: unknown): { prototype: object } | undefined
  /** The object that stands for the pool of which `target` is a part; `undefined` when this call is no use of it. */
  sourceOf?(target: object): object | undefined
}

/** A file of a library, recognised when Node.js loads it, whatever the application calls the package. */
export interface LibraryFile {
  /** The name in the package.json that the file belongs to. The folder may have another name. */
  readonly package: string
  /** Whether a loaded module may be this file. Every module of the application is asked, so this must not read files. */
  looksLike(filename: string, exported: unknown): boolean
  /** The usual path of the file, to wait for it where a loader of ES modules hides that the file is loaded. */
  readonly usualPath?: RegExp
}
