// The changes since the base report: new and grown findings, fixed ones, and those whose route did not run.
import type { FormerFinding, PageComparison } from '../page-data.ts'
import type { Child } from './element-maker.ts'
import { findingLine } from './finding-line.ts'
import { count, plural } from './number-text.ts'
import type { Page, View } from './page.ts'

export function changesView(page: Page): View {
  const { make, data } = page
  const { new: added, grown, fixed, unseen, known } = data.compared as PageComparison
  /** Maximum number of rows here. The list of findings shows all of them. */
  const most = 200

  const listOf = <One>(ones: readonly One[], item: (one: One) => Child) => [
    make(
      'ul',
      { class: 'cards' },
      ones.slice(0, most).map((one) => make('li', null, item(one))),
    ),
    ones.length > most && make('p', { class: 'quiet' }, `and ${count(ones.length - most)} more`),
  ]
  const section = <One>(heading: string, ones: readonly One[], item: (one: One) => Child) =>
    ones.length > 0 &&
    make('section', null, make('h3', null, `${heading} (${count(ones.length)})`), listOf(ones, item))
  const link = (key: string, note?: string) => {
    const finding = page.findings.get(key)
    return (
      finding &&
      make('a', { href: page.link({ view: 'findings', finding: key }) }, [
        findingLine(page, finding, { note: note && `${note} · ${finding.route}` }),
      ])
    )
  }
  const former = (finding: FormerFinding) => findingLine(page, finding)

  const element = make(
    'div',
    { class: 'single' },
    make(
      'div',
      {
        class: 'route-detail changes',
        tabindex: 0,
        role: 'region',
        'aria-label': 'Changes since the base report',
      },
      make('h2', null, 'Since the base report'),
      make(
        'p',
        { class: 'quiet' },
        `${[
          `${count(added.length)} new`,
          `${count(grown.length)} grown`,
          `${count(fixed.length)} fixed`,
          `${count(unseen.length)} not seen`,
        ].join(', ')}; ${plural(known, 'finding', 'findings')} as before or smaller.`,
      ),
      section('New', added, (key) => link(key)),
      section('Grown', grown, ({ key, before, after }) =>
        link(key, `${count(before)} → ${plural(after, 'query', 'queries')}`),
      ),
      section('Fixed', fixed, former),
      section('Not seen: their route did not run', unseen, former),
    ),
  )
  return { element, update() {} }
}
