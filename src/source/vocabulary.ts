// Names of a library that change how the application's source is read. The advice for each library states them, and the
// readers of the source get them as an argument, so that they need not know any library.

export interface Vocabulary {
  /** Modules from which the code of a remedy imports functions. */
  readonly modules: ReadonlySet<string>
  /** Functions that the code of a remedy may import. */
  readonly imports: ReadonlySet<string>
  /** Methods whose awaited result is an array. */
  readonly lists: ReadonlySet<string>
  /**
   * The words and marks before the brace of an object that lists columns to fetch: `select(` for `select({ … })`, `columns:`
   * for `columns: { … }`.
   */
  readonly columnLists: ReadonlySet<string>
}
