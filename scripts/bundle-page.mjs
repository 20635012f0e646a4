// Bundles script and style of an HTML page into a module, with the hashes for the page's content security policy: the report's
// page and the page of the live panel. The build writes these modules. They are committed, so that running from source
// (vitest, tsx) needs no build, and a test compares them with their source.
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const sources = fileURLToPath(new URL('../src/', import.meta.url))
export const REPORT_PAGE = {
  bundle: `${sources}report/reporters/html/page-bundle.ts`,
  folder: `${sources}report/reporters/html/client`,
}
export const PANEL_PAGE = { bundle: `${sources}panel/page-bundle.ts`, folder: `${sources}panel/page` }

/** The text of a page's bundle as a module. */
export async function bundlePage({ folder }) {
  const { outputFiles } = await build({
    entryPoints: [`${folder}/start.ts`, `${folder}/page.css`],
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
    `// Written by scripts/bundle-page.mjs from the files in ${basename(folder)}/. Do not edit: run \`npm run build\`.`,
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
