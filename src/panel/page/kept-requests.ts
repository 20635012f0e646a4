// Requests that were asked for, the last ones kept, because a trace never changes; and the names of their lines.
import type { PageFinding } from '../../report/reporters/html/page-data.ts'
import type { Frame } from '../../types/query.ts'
import { findingLines } from '../finding-lines.ts'
import type { OpenTarget, PageApi, PageFindingDetail, PageRequest } from '../page-api.ts'

/** Enough to go back and forth, and at most some megabytes. */
const MOST_KEPT = 20

export function keptRequests(api: Pick<PageApi, 'pageRequest' | 'pageFinding'>) {
  const kept = new Map<string, Promise<PageRequest>>()
  const opened = new Map<string, PageRequest>()
  const targets = new WeakMap<Frame, OpenTarget>()

  const ask = async (id: string): Promise<PageRequest> => {
    const answer = await api.pageRequest(id)
    for (const [frame, line] of answer.data.frames.entries()) targets.set(line, { request: id, frame })
    learn(answer.data.findings)
    return answer
  }
  const learn = (findings: readonly PageFinding[]) => {
    for (const finding of findings) {
      for (const [frame, line] of findingLines(finding).entries()) {
        targets.set(line, { finding: finding.key, frame })
      }
    }
  }
  return {
    request(id: string): Promise<PageRequest> {
      const fromFile = opened.get(id)
      if (fromFile) return Promise.resolve(fromFile)
      const known = kept.get(id) ?? ask(id)
      kept.delete(id)
      kept.set(id, known)
      known.catch(() => kept.delete(id))
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT) break
        kept.delete(oldest)
      }
      return known
    },
    /** Keeps requests that the reader opened from a file. Nobody can be asked for them again. */
    keep(answers: readonly PageRequest[]): void {
      for (const answer of answers) opened.set(answer.request.id, answer)
    },
    async finding(key: string): Promise<PageFindingDetail> {
      const answer = await api.pageFinding(key)
      learn(answer.data.findings)
      return answer
    },
    /** Undefined for a line that the panel did not name. */
    targetOf: (frame: Frame): OpenTarget | undefined => targets.get(frame),
  }
}
