// The entry point of the page's bundle.
import { startPage } from './start-page.ts'

startPage(window)
