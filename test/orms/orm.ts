// The interface of an ORM for the matrix: the same page written with each ORM, as its users write it. The tables are those of
// `library.sql`. Each line that sends the queries of a loop ends with the mark `// loop`, `// parallel` or `// nested`.

export interface Orm {
  name: string
  /** The installed package whose version the table tells. */
  package: string
  /** The instructions for its set-up, from README.md. */
  page: string
  /** The file whose lines are named. */
  file: string
  open(url: string): Promise<OpenOrm>
}

export interface OpenOrm {
  /** Asks for the books of each author, one author after the other. */
  loop: Way
  /** The same, all at once. */
  parallel: Way
  /** Through the ORM's own loading of related rows; absent where it has none. */
  nested?: Way
  close(): Promise<unknown>
}

/** One way to get the books of all authors. */
export interface Way {
  /** How the ORM's users call it, for the table. */
  name?: string
  /** Sends a query for each author. Absent where the ORM never does in this way; the twin shows it then. */
  bad?: () => Promise<unknown>
  /** Sends as few queries as there are tables, or one. */
  fixed: () => Promise<unknown>
  /** The reason why no line of the application is known, if so. */
  noLine?: string
}
