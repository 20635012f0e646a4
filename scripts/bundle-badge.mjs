// Bundles the script of the badge into `src/panel/badge/badge-bundle.ts`. As with the bundle of the page, the build writes that
// file, it is committed, and a test compares it with its source.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('../src/panel/badge/', import.meta.url))
export const BADGE_BUNDLE = `${folder}badge-bundle.ts`

/** The text of the bundle as a module. */
export async function bundleBadge() {
  const { outputFiles } = await build({
    entryPoints: [`${folder}client/start.ts`],
    bundle: true,
    minify: true,
    format: 'iife',
    // The same browsers as for the page.
    target: ['chrome111', 'firefox113', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    write: false,
  })
  return [
    '// Written by scripts/bundle-badge.mjs from the files in client/. Do not edit: run `npm run build`.',
    `export const script = ${JSON.stringify(outputFiles[0].text.trim())}`,
    '',
  ].join('\n')
}
