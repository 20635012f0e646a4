// All questions, in the order in which an agent asks them.
import type { Tool } from '../tool.ts'
import { awaitRequest } from './await-request.ts'
import { compare } from './compare.ts'
import { explainQuery } from './explain-query.ts'
import { getFinding } from './get-finding.ts'
import { getTrace } from './get-trace.ts'
import { listFindings } from './list-findings.ts'
import { listRequests } from './list-requests.ts'
import { verifyFix } from './verify-fix.ts'

export const tools = [
  listFindings,
  getFinding,
  listRequests,
  getTrace,
  awaitRequest,
  verifyFix,
  compare,
  explainQuery,
] as const satisfies readonly Tool[]
