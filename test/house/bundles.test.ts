// The bundles for browsers are committed, so that running from source needs no build. This test compares them with their sources.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BADGE_BUNDLE, bundleBadge } from '../../scripts/bundle-badge.mjs'
import { bundlePage, PAGE_BUNDLE } from '../../scripts/bundle-page.mjs'

test.each([
  [PAGE_BUNDLE, bundlePage],
  [BADGE_BUNDLE, bundleBadge],
])('%s is made of client/ as it is; `npm run build` writes it', async (file, bundle) => {
  const isCurrent = readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === (await bundle())
  expect(isCurrent, `${file} is not made of client/ as it is; run: npm run build`).toBe(true)
})
