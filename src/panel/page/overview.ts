// The side that is shown while no request is selected: what to do first, the processes, and what was dropped.
import { count, plural } from '../../report/reporters/html/client/number-text.ts'
import type { ProcessState } from '../panel-api.ts'
import { droppedTexts } from './dropped-texts.ts'
import type { LivePage, LiveView } from './live-page.ts'
import { openFile } from './open-file.ts'
import { processName } from './process-name.ts'
import { timeOf } from './request-line.ts'

export function overview(page: LivePage): LiveView {
  const { make, window } = page
  const element = make('div', { class: 'route-detail overview' })

  const processLine = (process: ProcessState) =>
    make(
      'li',
      { class: process.isConnected ? 'connected' : 'ended' },
      make('span', { class: 'dot', 'aria-hidden': 'true' }),
      make(
        'span',
        null,
        make('code', null, processName(process)),
        make(
          'span',
          { class: 'quiet' },
          ` started ${timeOf(process)}${process.isConnected ? '' : ', ended'} · Node.js ${process.nodeVersion.replace(/^v/, '')} · ${process.folder}`,
        ),
      ),
      make('a', { href: page.link({ process: process.id }) }, 'requests'),
    )

  const howToConnect = () => [
    make('h3', null, 'Connect an application that is started by other means'),
    make(
      'p',
      null,
      'In Docker, an IDE or another terminal, set the environment variable ',
      make('code', null, 'PG_LOUPE_PANEL'),
      ' to the address that ',
      make('code', null, 'pg-loupe dev'),
      ' printed, or pass the same address in code:',
    ),
    make('pre', { class: 'example' }, "createProfiler({ panel: 'http://127.0.0.1:…/?token=…' })"),
  ]

  const draw = () => {
    const { status, rows } = page
    const processes = [...(status?.processes ?? [])].reverse()
    const connected = processes.filter(({ isConnected }) => isConnected).length
    const isEmpty = rows.shown.length === 0 && (status?.requests ?? 0) === 0
    const dropped = status ? droppedTexts(status) : []
    element.replaceChildren(
      make('h2', null, isEmpty ? 'No request yet' : 'Select a request to see its queries'),
      make(
        'p',
        { class: 'lead' },
        !status
          ? 'Asking the panel…'
          : connected === 0
            ? 'No application is connected. Start one with pg-loupe dev -- and its command.'
            : isEmpty
              ? 'Click in your application: its requests appear here as soon as they end.'
              : `${plural(status.requests, 'request', 'requests')} since ${timeOf(status)}, ${plural(status.traces, 'trace', 'traces')} kept.`,
      ),
      ...(processes.length > 0
        ? [
            make('h3', null, `Processes (${count(connected)} connected)`),
            make('ul', { class: 'cards processes' }, processes.slice(0, MOST_PROCESSES).map(processLine)),
          ]
        : []),
      ...(dropped.length > 0 ? [make('h3', null, 'Left out'), make('p', null, dropped.join(' '))] : []),
      openFile(page),
      ...(status && (isEmpty || connected === 0) ? howToConnect() : []),
    )
  }

  let drawn = ''
  return {
    element,
    update() {
      // The numbers change with each request; who reads or selects here is not disturbed for them.
      const { status, rows } = page
      const wanted = JSON.stringify([status, rows.shown.length > 0])
      if (wanted === drawn || !(window.getSelection()?.isCollapsed ?? true)) return
      drawn = wanted
      draw()
    },
  }
}

/** Enough for clusters; nobody looks for restarts of an hour ago. */
const MOST_PROCESSES = 30
