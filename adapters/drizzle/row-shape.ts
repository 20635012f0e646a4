// Determines under which keys of its rows a Drizzle query nests further rows: a table of a join, a group of a selection, or a
// relation. Only the query tells this, because the value of a relation looks like a column of JSON.
import type { RowShape } from '../../src/trace/row-usage/row-watch.ts'

/** The key by which each copy of Drizzle marks a table. */
const COLUMNS = Symbol.for('drizzle:Columns')

/** `builder` is the query that is awaited. Keys about which nothing is known are taken for columns. */
export function rowShape(builder: object): RowShape {
  const { fields, with: relations } = objectOf(objectOf(builder).config)
  return { ...shapeOf(fields, nestedFields), ...shapeOf(relations, nestedRelations) }
}

function shapeOf(entries: unknown, nested: (value: unknown) => RowShape | undefined): RowShape {
  return Object.fromEntries(
    Object.entries(objectOf(entries)).flatMap(([key, value]) => {
      const shape = nested(value)
      return shape ? [[key, shape]] : []
    }),
  )
}

function nestedFields(value: unknown): RowShape | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (COLUMNS in value) return {}
  // Columns and expressions are instances of Drizzle's classes.
  return Object.getPrototypeOf(value) === Object.prototype ? shapeOf(value, nestedFields) : undefined
}

function nestedRelations(value: unknown): RowShape | undefined {
  if (value === true) return {}
  return typeof value === 'object' && value !== null
    ? shapeOf(objectOf(value).with, nestedRelations)
    : undefined
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
