// Says when the panel cannot be reached or refuses the page, and what to do.
import type { Make } from '../../report/reporters/html/client/element-maker.ts'
import type { PageApi } from '../page-api.ts'
import { GoneError, type PanelNews, TokenError } from './panel-client.ts'

export function connectionBanner(make: Make, api: Pick<PageApi, 'status'>) {
  const element = make('div', { class: 'banner', role: 'alert', hidden: true })

  const show = (title: string, advice: string) => {
    element.replaceChildren(make('b', null, title), ` ${advice}`)
    element.hidden = false
  }
  const explains = (error: unknown): boolean => {
    if (error instanceof TokenError) {
      show(
        'The panel refuses this page.',
        'Open the address that pg-loupe dev printed: it contains the token of the running panel. This page then continues by itself.',
      )
    } else if (error instanceof GoneError) {
      show(
        'The panel is gone.',
        'What was loaded stays here. Start pg-loupe dev again, and open the address that it prints: it has a new token.',
      )
    } else return false
    return true
  }
  return {
    element,
    /** Shows the banner if the error is about the connection. */
    explains,
    connection(state: Parameters<PanelNews['connection']>[0]) {
      if (state === 'open') element.hidden = true
      else api.status().catch(explains)
    },
  }
}
