// Requests whose queries nobody captures, because the middleware is missing or comes too late.
import { plural } from '../text/plural.ts'
import type { Notice } from './notice.ts'
import type { SetupFacts } from './setup-facts.ts'

/** Nobody puts a check of a load balancer behind the profiler. */
const HEALTH_CHECK =
  /\/(?:health|healthz|healthcheck|live|livez|liveness|ready|readyz|readiness|ping|status|metrics)\b/i

export function explainRequests({ requests, profilers, frameworks, isRegistered }: SetupFacts): Notice[] {
  const untraced = requests.untraced.filter(({ name }) => !HEALTH_CHECK.test(name))
  const late = requests.tracedLate.filter(({ name }) => !HEALTH_CHECK.test(name))
  const hasMiddleware = profilers.some(({ middlewares }) => middlewares > 0) || requests.traced > 0
  const isExpress = frameworks.some(({ name }) => name === 'express')
  if (untraced.length > 0 && !hasMiddleware && !isRegistered) {
    return [
      {
        id: 'requests-not-profiled',
        key: 'requests-not-profiled',
        level: 'fault',
        seen: `${described(untraced)} sent queries, and profileRequests is not in use.`,
        lost: 'Their queries are in no trace, so no finding can name them.',
        nextStep: isExpress
          ? "Before the routes: app.use(profileRequests()), with profileRequests from 'pg-loupe/express'."
          : 'Start the application with node --require pg-loupe/register, which traces the requests of every HTTP server.',
      },
    ]
  }
  const isSeen = requests.traced > 0
  const notice = { id: 'requests-before-profiler', key: 'requests-before-profiler', level: 'fault' } as const
  const nextStep =
    'Move app.use(profileRequests()) above the first route, router and middleware that sends queries.'
  if (untraced.length > 0 && hasMiddleware) {
    return [
      {
        ...notice,
        seen: isSeen
          ? `${described(untraced)} sent queries and did not pass profileRequests.`
          : `${described(untraced)} sent queries, and profileRequests has seen no request.`,
        lost: 'Their queries are in no trace, so no finding can name them.',
        nextStep,
      },
    ]
  }
  if (late.length > 0) {
    return [
      {
        ...notice,
        seen: `${described(late)} sent queries before profileRequests was passed.`,
        lost: 'Those queries (of sessions or authentication, for example) are in no trace.',
        nextStep,
      },
    ]
  }
  return []
}

/** `3 requests (GET /orders, POST /orders)` */
function described(names: readonly { name: string; requests: number }[]): string {
  const total = names.reduce((sum, { requests }) => sum + requests, 0)
  const some = names.slice(0, 2).map(({ name }) => name)
  return `${plural(total, 'request')} (${[...some, ...(names.length > 2 ? ['…'] : [])].join(', ')})`
}
