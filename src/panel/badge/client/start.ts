// The entry point of the badge's bundle. It runs in pages of the application, so an error of the badge must not become theirs.
import { startBadge } from './start-badge.ts'

try {
  startBadge(window)
} catch (error) {
  console.warn('pg-loupe: the badge could not start.', error)
}
