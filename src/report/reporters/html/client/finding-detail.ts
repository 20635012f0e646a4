// A finding in full: place, explanation, evidence, remedy, savings, and the traces that show it.
import type { PageFinding } from '../page-data.ts'
import { copyButton } from './copy-button.ts'
import type { Child } from './element-maker.ts'
import { count, milliseconds, plural } from './number-text.ts'
import type { Page } from './page.ts'
import { placeText } from './place-text.ts'
import { sqlText } from './sql-text.ts'
import { traceLabel } from './trace-label.ts'
import { traceStrip } from './trace-strip.ts'

export function findingDetail(page: Page, finding: PageFinding): HTMLElement {
  const { make, data } = page
  const { severity, confidence, title, route, callSite, detector, evidence, fix, saves, key, statements } =
    finding
  const detectorPage = data.detectorPages?.[detector]
  const sure = {
    proven: 'proven: the evidence leaves no doubt',
    likely: 'likely: a strong pattern, but not proven',
    possible: 'possible: a hint, worth a look',
  }

  const section = (heading: string, ...children: Child[]) =>
    make('section', null, make('h3', null, heading), ...children)

  const where = () => {
    const [place, ...callers] = callSite
    if (!place) return make('p', { class: 'quiet' }, 'No line of the application is known.')
    const text = placeText(place)
    const code = make('code', { class: 'place' }, text)
    return make(
      'div',
      null,
      make(
        'p',
        { class: 'copyable' },
        make('span', null, code, place.function && make('span', { class: 'quiet' }, ` in ${place.function}`)),
        copyButton(page, text, code),
        page.openButton(place),
      ),
      callers.length > 0 &&
        make(
          'ul',
          { class: 'callers' },
          callers.map((frame) =>
            make(
              'li',
              null,
              'from ',
              make('code', null, placeText(frame)),
              frame.function && ` in ${frame.function}`,
            ),
          ),
        ),
    )
  }

  const proof = () =>
    make(
      'dl',
      { class: 'evidence' },
      evidence.flatMap(({ label, text, callSite: place }) => [
        make('dt', null, label),
        make(
          'dd',
          null,
          make('code', { class: 'sql' }, sqlText(make, text)),
          place && make('div', { class: 'quiet' }, 'at ', make('code', null, placeText(place))),
        ),
      ]),
    )

  const remedy = (remediation: string, sql: string | undefined) => {
    const code = make('code', { class: 'sql' }, sqlText(make, sql ?? ''))
    return make(
      'div',
      null,
      make('p', { class: 'remedy' }, remediation),
      sql && make('div', { class: 'fix' }, make('pre', null, code), copyButton(page, sql, code)),
    )
  }

  const statementList = () =>
    make(
      'ul',
      { class: 'statements' },
      statements.map(({ text, count: times, callSite: [place], remediation, fix: sql }) =>
        make(
          'li',
          null,
          make('span', { class: 'quiet' }, `${plural(times, 'time', 'times')} `),
          make('code', { class: 'sql' }, sqlText(make, text)),
          place && make('div', { class: 'quiet' }, 'at ', make('code', null, placeText(place))),
          remedy(remediation, sql),
        ),
      ),
    )

  const seenIn = () => {
    const seen = finding.occurrences.map(({ trace: id, count: number }) => {
      const trace = page.traces.get(id)
      const sent = plural(number, 'query', 'queries')
      if (!trace) return make('li', null, make('span', { class: 'trace-id' }, id), ` ${sent}`)
      const link = page.link({ view: 'traces', trace: id, finding: key })
      return make(
        'li',
        { class: 'in-page' },
        make('a', { href: link }, make('span', { class: 'trace-id' }, traceLabel(trace))),
        make(
          'span',
          { class: 'quiet' },
          `${sent} of ${trace.queries.length}, ${milliseconds(trace.durationMs)}`,
        ),
        make('a', { href: link, class: 'strip-link', tabindex: -1, 'aria-hidden': 'true' }, [
          traceStrip(
            page,
            trace,
            (page.marks.get(id) ?? []).filter((mark) => mark.finding === finding),
          ),
        ]),
      )
    })
    const more = finding.occurrenceCount - seen.length
    return make(
      'div',
      null,
      make('ul', { class: 'seen' }, seen),
      more > 0 &&
        make(
          'p',
          { class: 'quiet' },
          `and ${plural(more, 'more trace', 'more traces')}, counted but not kept`,
        ),
      data.traces.length === 0 && make('p', { class: 'quiet' }, 'This page was made without traces.'),
    )
  }

  const findingList = (findings: readonly PageFinding[]) => {
    /** Maximum number of routes here. The list of findings can be filtered by route and shows all. */
    const most = 100
    return make(
      'div',
      null,
      make(
        'ul',
        { class: 'others' },
        findings
          .slice(0, most)
          .map((other) =>
            make(
              'li',
              null,
              make('a', { href: page.link({ view: 'findings', finding: other.key }) }, other.route),
              make('span', { class: 'quiet' }, ` ${other.title}`),
            ),
          ),
      ),
      findings.length > most && make('p', { class: 'quiet' }, `and ${count(findings.length - most)} more`),
    )
  }

  const { sameLine, explains, explainedBy } = page.relatedTo(finding)

  return make(
    'article',
    { class: `finding ${severity}`, 'aria-label': title },
    make(
      'header',
      null,
      make(
        'h2',
        null,
        title,
        ' ',
        make(
          'a',
          {
            class: 'anchor',
            href: page.link({ view: 'findings', finding: key }),
            title: 'Link to this finding',
          },
          '#',
        ),
      ),
      make(
        'p',
        { class: 'chips' },
        make('span', { class: `chip ${severity}` }, severity),
        make('span', { class: `chip ${confidence}`, title: sure[confidence] }, confidence),
        detectorPage === undefined
          ? make('span', { class: 'chip plain' }, detector)
          : make(
              'a',
              { class: 'chip plain', href: detectorPage, target: '_blank', rel: 'noreferrer' },
              detector,
            ),
        make('a', { class: 'chip plain', href: page.link({ view: 'routes', route }) }, route),
      ),
    ),
    explainedBy &&
      make(
        'p',
        { class: 'explained' },
        'Fixing ',
        make('a', { href: page.link({ view: 'findings', finding: explainedBy.key }) }, explainedBy.title),
        explainedBy.callSite[0] && ` at ${placeText(explainedBy.callSite[0], true)}`,
        ' also removes this finding.',
      ),
    section('Where', where()),
    section('Why', make('p', null, finding.detail), make('p', { class: 'quiet' }, sure[confidence])),
    evidence.length > 0 && section('Evidence', proof()),
    section('Instead', remedy(finding.remediation, fix)),
    statements.length > 0 && section('Statements of the loop', statementList()),
    saves.length > 0 &&
      section(
        'Saves',
        make(
          'ul',
          { class: 'saves' },
          saves.map((text) => make('li', null, text)),
        ),
      ),
    explains.length > 0 && section('Fixing this also removes', findingList(explains)),
    sameLine.length > 0 &&
      section(
        `The same line on ${plural(new Set(sameLine.map((other) => other.route)).size, 'further route', 'further routes')}`,
        findingList(sameLine),
      ),
    section('Seen in', seenIn()),
    make('p', { class: 'key quiet' }, 'Key ', make('code', null, key)),
  )
}
