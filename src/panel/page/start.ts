// The entry point of the live page's bundle.
import { listenToPanel, panelApi } from './panel-client.ts'
import { startLivePage } from './start-live-page.ts'

startLivePage(window, panelApi(window), (news) => listenToPanel(window, news))
