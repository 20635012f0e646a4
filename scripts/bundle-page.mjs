// Bundles script and style of the HTML page into `src/report/reporters/html/page-bundle.ts`, with the hashes for the page's
// content security policy. The build writes that file. It is committed, so that running from source (vitest, tsx) needs no
// build, and a test compares it with its source.
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('../src/report/reporters/html/', import.meta.url))
export const PAGE_BUNDLE = `${folder}page-bundle.ts`

/** The text of the bundle as a module. */
export async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [`${folder}client/start.ts`, `${folder}client/page.css`],
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    // Browsers of 2023, as for the style.
    target: ['chrome111', 'firefox113', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    write: false,
  })
  const textOf = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim()
  const script = textOf('.js')
  const style = textOf('.css')
  return [
    '// Written by scripts/bundle-page.mjs from the files in client/. Do not edit: run `npm run build`.',
    `export const script = ${JSON.stringify(script)}`,
    `export const scriptHash = '${hash(script)}'`,
    `export const style = ${JSON.stringify(style)}`,
    `export const styleHash = '${hash(style)}'`,
    '',
  ].join('\n')
}

function hash(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
