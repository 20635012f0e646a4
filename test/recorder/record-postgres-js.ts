// Records the queries of postgres.js through the public recorder, and through nothing else. docs/recorder.md shows this file.
import type postgres from 'postgres'
import { recorderOf } from '../../src/profiler/recorder-entry.ts'

/** Returns a tag that sends the same queries as `sql` and records them. It is for a client with one connection (`max: 1`). */
export function recordPostgresJs(sql: postgres.Sql, recorder = recorderOf()) {
  const connection = {}
  return function tag(strings: TemplateStringsArray, ...params: postgres.ParameterOrFragment<never>[]) {
    const recording = recorder.startQuery({
      sql: strings.reduce((text, part, index) => `${text}$${index}${part}`),
      params,
      calledFunction: tag,
    })
    const query = sql(strings, ...params)
    if (!recording) return query
    recording.sent(connection)
    query.then(
      (rows) => {
        recording.finished({ rowCount: rows.count, fields: rows.columns?.map(fieldOf), rows })
        recording.handsOver(rows)
      },
      (error) => recording.failed(error.code ?? 'EUNKNOWN'),
    )
    return query
  }
}

function fieldOf({
  name,
  table,
  number,
  type,
}: postgres.Column<string> & { table?: number; number?: number }) {
  return { name, tableID: table ?? 0, columnID: number ?? 0, dataTypeID: type }
}
