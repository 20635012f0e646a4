// The page of the live panel as the server sends it: a shell without data, which asks the panel for everything.
import { htmlFrame, pagePolicy } from '../report/reporters/html/html-frame.ts'
import { script, scriptHash, style, styleHash } from './page-bundle.ts'

export interface PanelPage {
  html: string
  /** The value of the header `Content-Security-Policy`. */
  policy: string
}

export function panelPage(): PanelPage {
  return {
    html: htmlFrame({
      style,
      body: `<noscript><p>This page needs JavaScript to show the requests; \`pg-loupe requests\` prints them.</p></noscript>
<script>${script}</script>`,
    }),
    policy: [...pagePolicy({ scriptHash, styleHash }), "connect-src 'self'", "frame-ancestors 'none'"].join(
      '; ',
    ),
  }
}
