// The bundles for browsers are committed, so that running from source needs no build. This test compares them with their sources.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BADGE_BUNDLE, bundleBadge } from '../../scripts/bundle-badge.mjs'
import { bundlePage, PANEL_PAGE, REPORT_PAGE } from '../../scripts/bundle-page.mjs'

test.each([
  [REPORT_PAGE.bundle, () => bundlePage(REPORT_PAGE)],
  [PANEL_PAGE.bundle, () => bundlePage(PANEL_PAGE)],
  [BADGE_BUNDLE, bundleBadge],
])('%s is made of its source as it is; `npm run build` writes it', async (file, bundle) => {
  const isCurrent = readFileSync(file, 'utf8').replaceAll('\r\n', '\n') === (await bundle())
  expect(isCurrent, `${file} is not made of its source as it is; run: npm run build`).toBe(true)
})
