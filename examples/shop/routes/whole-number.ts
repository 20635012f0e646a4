// Rejects `/orders/abc` before a query is sent: `router.param('id', wholeNumber)`.
import type { RequestParamHandler } from 'express'

const MAX_DIGITS = 9 // fits into PostgreSQL's integer

export const wholeNumber: RequestParamHandler = (_request, response, next, value: string) => {
  if (/^\d+$/.test(value) && value.length <= MAX_DIGITS) next()
  else response.status(404).json({ error: 'not found' })
}
