export interface BundledPage {
  /** The module that is written. */
  bundle: string
  /** The folder of its source. */
  folder: string
}
export const REPORT_PAGE: BundledPage
export const PANEL_PAGE: BundledPage
export function bundlePage(page: BundledPage): Promise<string>
