// The bundle of the HTML page is committed, so that running from source needs no build. This test compares it with its
// source.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bundlePage, PAGE_BUNDLE } from '../../scripts/bundle-page.mjs'

test('the bundle of the page is made of its source as it is; `npm run build` writes it', async () => {
  const isCurrent = readFileSync(PAGE_BUNDLE, 'utf8').replaceAll('\r\n', '\n') === (await bundlePage())
  expect(isCurrent, 'page-bundle.ts is not made of client/ as it is; run: npm run build').toBe(true)
})
