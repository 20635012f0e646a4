// What the bundle of the page runs.
import { startPage } from './start-page.ts'

startPage(window)
