// Opens a trace that was saved to a file. It is added to this page only.
import { plural } from '../../report/reporters/html/client/number-text.ts'
import type { LivePage } from './live-page.ts'

/** As much as the panel takes. */
const MOST_BYTES = 20e6

export function openFile(page: LivePage): HTMLElement {
  const { make } = page
  const links = make('ul', { class: 'cards' })
  const read = async (file: File) => {
    if (file.size > MOST_BYTES) {
      page.notify(
        'The file is larger than 20 MB. Make a page of it: pg-loupe analyze <file> --output html=report.html',
      )
      return
    }
    const answers = await page.api.openTraces(await file.text())
    page.keep(answers)
    links.replaceChildren(
      ...answers.map(({ request }) =>
        make(
          'li',
          null,
          make(
            'a',
            { class: 'opened', href: page.link({ trace: request.id }) },
            `${request.route} · ${plural(request.queries, 'query', 'queries')}`,
          ),
        ),
      ),
    )
    const [first] = answers
    if (answers.length === 1 && first) page.go({ trace: first.request.id })
  }
  const input = make('input', {
    type: 'file',
    accept: '.ndjson,.json,.jsonl',
    'aria-label': 'Saved trace',
    change: () => {
      const [file] = input.files ?? []
      if (file) read(file).catch(page.fail)
    },
  })
  return make('section', null, make('h3', null, 'Open a saved trace'), input, links)
}
