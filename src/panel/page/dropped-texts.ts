import { plural } from '../../report/reporters/html/client/number-text.ts'
import type { PanelStatus } from '../panel-api.ts'

/** Sentences about everything that the panel no longer has or never got. */
export function droppedTexts({ dropped }: PanelStatus): string[] {
  const parts: readonly [number, string, string, string][] = [
    [dropped.requests, 'old request was', 'old requests were', 'removed from the list to make room.'],
    [dropped.traces, 'old trace was', 'old traces were', 'removed to make room; pinned ones stay.'],
    [
      dropped.findings,
      'finding was',
      'findings were',
      'left out, because there were too many different ones.',
    ],
    [
      dropped.unreadable,
      'message was',
      'messages were',
      'not understood: do panel and application have the same version?',
    ],
    [dropped.unsent, 'trace was', 'traces were', 'not sent, because the panel did not take them in time.'],
  ]
  return parts
    .filter(([number]) => number > 0)
    .map(([number, one, many, rest]) => `${plural(number, one, many)} ${rest}`)
}
