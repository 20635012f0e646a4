// Makes the pictures of README from the demo: its output in a terminal as SVG, and the HTML report of the same requests as PNG, each
// for light and dark pages. It takes a PostgreSQL as the demo does, `script` of util-linux for a terminal, and Chromium
// (PG_LOUPE_TEST_CHROMIUM names one that is not called chromium). No test runs it: run `npm run pictures` when the
// demo or the page looks different.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { terminalPicture, themes } from './terminal-picture.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = join(root, 'docs/pictures')
const DEMO = ['node', '--import', 'tsx', 'examples/shop/demo.ts']
/** At this width the text is still legible where README is shown 830 pixels wide. */
const COLUMNS = 100
const PAGE = { width: 960, height: 540, scale: 1.5 }
const MOST_BYTES = 200_000
/** Values of Blink's setting `preferredColorScheme`. */
const COLOR_SCHEMES = { dark: 0, light: 1 }
const FIRST_LINE = /^pg-loupe {2}GET \/orders\/recent {2}/
const LAST_LINE = /^pg-loupe {2}GET \/orders\/recent\/fixed {2}/

const folder = mkdtempSync(join(tmpdir(), 'pg-loupe-pictures-'))
try {
  mkdirSync(pictures, { recursive: true })
  const lines = ['$ npm run demo', '', ...firstFinding(outputInTerminal())]
  const page = join(folder, 'report.html')
  writePage(page)
  for (const [name, theme] of Object.entries(themes)) {
    const title =
      'The output of npm run demo: an N+1 with its line, the reason, and the code to write instead'
    writeFileSync(
      join(pictures, `terminal-${name}.svg`),
      terminalPicture(lines, { columns: COLUMNS, theme, title }),
    )
    photograph(page, join(pictures, `page-${name}.png`), COLOR_SCHEMES[name])
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function outputInTerminal() {
  const log = join(folder, 'terminal.txt')
  const command = `stty cols ${COLUMNS} && ${DEMO.join(' ')}`
  const { NO_COLOR: _noColor, NODE_ENV: _nodeEnv, ...env } = process.env
  execFileSync('script', ['--quiet', '--return', '--command', command, log], {
    cwd: root,
    env: { ...env, TERM: 'xterm-256color', FORCE_COLOR: '1', FORCE_HYPERLINK: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return readFileSync(log, 'utf8').replaceAll('\r\n', '\n')
}

function firstFinding(output) {
  const lines = output.split('\n')
  const plain = lines.map((line) => stripVTControlCharacters(line))
  const first = plain.findIndex((line) => FIRST_LINE.test(line))
  const last = plain.findIndex((line) => LAST_LINE.test(line))
  if (first === -1 || last < first)
    throw new Error('the demo printed no GET /orders/recent and its fixed twin')
  return lines.slice(first, last + 1)
}

/** Under `pg-loupe run` the demo's own report stays empty, so that it ends with status 1: only the page matters. */
function writePage(file) {
  const command = [join(root, 'dist/src/cli/main.js'), 'run', '--output', `html=${file}`, '--', ...DEMO]
  spawnSync(process.execPath, command, { cwd: root, stdio: 'ignore' })
}

function photograph(page, picture, colorScheme) {
  const [, data] =
    /<script[^>]+application\/json[^>]*>(.*?)<\/script>/s.exec(readFileSync(page, 'utf8')) ?? []
  const { id } = JSON.parse(data).traces.find(({ name }) => name === 'GET /orders/recent')
  execFileSync(
    process.env.PG_LOUPE_TEST_CHROMIUM ?? 'chromium',
    [
      '--headless',
      '--disable-gpu',
      '--hide-scrollbars',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--blink-settings=preferredColorScheme=${colorScheme}`,
      `--force-device-scale-factor=${PAGE.scale}`,
      `--window-size=${PAGE.width},${PAGE.height}`,
      '--virtual-time-budget=2000',
      `--screenshot=${picture}`,
      `${pathToFileURL(page)}#trace=${encodeURIComponent(id)}`,
    ],
    { stdio: 'ignore' },
  )
  const { size } = statSync(picture)
  if (size > MOST_BYTES) throw new Error(`${picture} has ${size} bytes; README takes up to ${MOST_BYTES}`)
}
