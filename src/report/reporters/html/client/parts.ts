// Every function of the page by the name the others call it by, one line each.
import { addressText } from './address-text.ts'
import { copyButton } from './copy-button.ts'
import { elementMaker } from './element-maker.ts'
import { findingDetail } from './finding-detail.ts'
import { findingFilter } from './finding-filter.ts'
import { findingLine } from './finding-line.ts'
import { findingsView } from './findings-view.ts'
import { numberText } from './number-text.ts'
import { placeText } from './place-text.ts'
import { printedPage } from './printed-page.ts'
import { queryDetail } from './query-detail.ts'
import { routesView } from './routes-view.ts'
import { sqlText } from './sql-text.ts'
import { startPage } from './start-page.ts'
import { textSearch } from './text-search.ts'
import { themeButton } from './theme-button.ts'
import { traceLabel } from './trace-label.ts'
import { traceStrip } from './trace-strip.ts'
import { tracesView } from './traces-view.ts'
import { virtualList } from './virtual-list.ts'
import { waterfall } from './waterfall.ts'

export const parts = {
  addressText,
  copyButton,
  elementMaker,
  findingDetail,
  findingFilter,
  findingLine,
  findingsView,
  numberText,
  placeText,
  printedPage,
  queryDetail,
  routesView,
  sqlText,
  startPage,
  textSearch,
  themeButton,
  traceLabel,
  traceStrip,
  tracesView,
  virtualList,
  waterfall,
}
