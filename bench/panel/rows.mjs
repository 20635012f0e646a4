// The time from the end of a click in the shop, when its response has arrived, until its row is painted in the panel.

import { startDevSession } from '../../test/browser/panel/dev-session.ts'
import { quantile } from '../cost/quantiles.ts'

/** Clicked in turn, so that each new row differs from the one above which it appears. */
const PATHS = ['/orders/recent', '/products']
/** The first clicks load and compile everything. */
const WARM_CLICKS = 4

export async function measureRows({ database, folder, launch, clicks }) {
  const session = await startDevSession(database, folder)
  const browser = await launch()
  try {
    // Two windows: a browser slows down the pages that are behind another one.
    const panel = await (await browser.newContext({ viewport: { width: 1600, height: 900 } })).newPage()
    await panel.goto(session.address)
    const shop = await (await browser.newContext()).newPage()
    await shop.goto(session.shop)
    const delaysMs = []
    for (let turn = -WARM_CLICKS; turn < clicks; turn++) {
      const path = PATHS[Math.abs(turn) % PATHS.length]
      const painted = panel.evaluate(watchFirstRow, `GET ${path}`)
      const button = shop.getByRole('button', { name: path, exact: true })
      await button.evaluate((element) => delete element.dataset.doneAt)
      await button.click()
      const paintedAt = await painted
      const doneAt = await button.evaluate(
        (element) =>
          new Promise((resolve) => {
            const look = () =>
              element.dataset.doneAt ? resolve(Number(element.dataset.doneAt)) : setTimeout(look, 1)
            look()
          }),
      )
      if (turn >= 0) delaysMs.push(paintedAt - doneAt)
    }
    const [low, middle, high] = [0, 0.5, 1].map((share) => quantile(delaysMs, share).toFixed(0))
    return `\nFrom the end of a click to its row in the panel, ${clicks} clicks: median ${middle} ms (${low} to ${high})`
  } finally {
    await browser.close()
    await session.stop()
  }
}

/** Runs in the page. Resolves with the time at which the first row of the list has become that of the route. */
function watchFirstRow(route) {
  return new Promise((resolve) => {
    const isFirst = () => document.querySelector('#requests [role=option] .route')?.textContent === route
    const done = () => {
      observer.disconnect()
      requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()))
    }
    const observer = new MutationObserver(() => isFirst() && done())
    observer.observe(document.body, { childList: true, subtree: true, characterData: true })
  })
}
