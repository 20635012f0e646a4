// One query of a trace in full: the statement, the call site, and the facts about its execution.
import type { Frame } from '../../../../types/query.ts'
import type { PageTrace } from '../page-trace.ts'
import { copyButton } from './copy-button.ts'
import { bytes, count, milliseconds, plural } from './number-text.ts'
import type { Mark, Page } from './page.ts'
import { placeText } from './place-text.ts'
import { sqlText } from './sql-text.ts'

export function queryDetail(
  page: Page,
  trace: PageTrace,
  index: number,
  marks: readonly Mark[],
): HTMLElement {
  const { make, data } = page
  const query = trace.queries[index]
  if (!query) return make('div')
  const sql = data.statements[query.sql] ?? ''
  const code = make('code', { class: 'sql' }, sqlText(make, sql))

  const place = (frame: Frame | undefined, before: string) =>
    frame &&
    make(
      'li',
      null,
      before,
      make('code', null, placeText(frame)),
      frame.function && make('span', { class: 'quiet' }, ` in ${frame.function}`),
      ' ',
      page.openButton(frame),
    )

  const facts = [
    `starts at ${milliseconds(query.startMs)}`,
    query.waitMs >= 0.05 && `waits ${milliseconds(query.waitMs)} for a connection`,
    `runs ${milliseconds(query.durationMs)}`,
    query.rows !== undefined && plural(query.rows, 'row', 'rows'),
    query.bytes !== undefined && bytes(query.bytes),
    query.connection !== undefined && `connection ${query.connection}`,
    query.transaction !== undefined && `transaction ${query.transaction}`,
    query.via && `by ${query.via}`,
    query.prepared && `prepared as ${query.prepared}`,
    query.afterResponse && 'after the response was sent',
    query.error && `failed with ${query.error}`,
  ].filter(Boolean)

  return make(
    'div',
    null,
    make('div', { class: 'fix' }, make('pre', null, code), copyButton(page, sql, code)),
    make('p', { class: 'query-facts' }, make('b', null, `Query ${index + 1}`), ` ${facts.join(' · ')}`),
    (query.flow ?? []).length > 0 &&
      make(
        'p',
        null,
        query.flow?.map(({ param, query: earlier, column, table, rows }) =>
          make(
            'span',
            { class: 'flow' },
            `value ${param + 1} was in ${table ? `${table}.` : ''}${column} of query ${earlier + 1} (${count(rows)} rows) `,
          ),
        ),
      ),
    make(
      'ul',
      { class: 'callers' },
      query.callSite.map((frame, depth) => place(data.frames[frame], depth === 0 ? 'at ' : 'from ')),
      place(data.frames[query.builtAt ?? -1], 'built at '),
    ),
    page.queryPart?.(trace, index),
    marks.map(({ finding }) =>
      make(
        'p',
        { class: `marked-by ${finding.severity}` },
        'marked by ',
        make('a', { href: page.link({ view: 'findings', finding: finding.key }) }, finding.title),
      ),
    ),
  )
}
