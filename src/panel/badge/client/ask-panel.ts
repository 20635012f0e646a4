/// <reference lib="dom" />
// Asks the panel for the counts of traces. A trace closes a moment after its response, so the first question comes after a
// moment too, and what is still unknown is asked for again a few times, with growing pauses. A page that is not visible asks for
// nothing.
import type { BadgeAnswer } from '../answer-badge.ts'

/** Ids that come within this time are one question. */
const COLLECTING_MS = 200
/** The pauses before each further question for one trace. */
const PAUSES_MS = [400, 800, 1600, 3200, 6400]
/** The panel answers as many at once. */
const MOST_IDS = 100

export interface Listener {
  onAnswer(counts: BadgeAnswer): void
  /** These were asked for as often as allowed. */
  onUnknown(ids: readonly string[]): void
  /** The panel does not run, or does not answer this origin. The browser does not say which. */
  onRefused(): void
}

/** Returns the function that asks for one more trace. */
export function askPanel(
  window: Window & typeof globalThis,
  address: string,
  { onAnswer, onUnknown, onRefused }: Listener,
): (id: string) => void {
  const { document } = window
  let collected: string[] = []

  const ask = async (ids: readonly string[], turn = 0): Promise<void> => {
    await visible()
    const counts = await countsOf(ids)
    if (!counts) return onRefused()
    onAnswer(counts)
    const unknown = ids.filter((id) => counts[id] === undefined)
    if (unknown.length === 0) return
    const pauseMs = PAUSES_MS[turn]
    if (pauseMs === undefined) return onUnknown(unknown)
    await new Promise((resolve) => window.setTimeout(resolve, pauseMs))
    await ask(unknown, turn + 1)
  }

  const countsOf = async (ids: readonly string[]): Promise<BadgeAnswer | undefined> => {
    try {
      const response = await window.fetch(`${address}/badge?ids=${ids.join(',')}`, {
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
      })
      return await response.json()
    } catch {
      return undefined
    }
  }

  const visible = () =>
    new Promise<void>((resolve) => {
      if (document.visibilityState === 'visible') resolve()
      else document.addEventListener('visibilitychange', () => resolve(visible()), { once: true })
    })

  const askCollected = () => {
    for (let from = 0; from < collected.length; from += MOST_IDS)
      void ask(collected.slice(from, from + MOST_IDS))
    collected = []
  }

  return (id) => {
    if (collected.push(id) === 1) window.setTimeout(askCollected, COLLECTING_MS)
  }
}
