// Whether a Docker engine answers here and now, asked in no more than two seconds: a socket file outlives its
// engine, and loading testcontainers only to learn that costs more than starting the embedded server.
import { readFileSync, statSync } from 'node:fs'
import { type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** An engine on the same machine answers in milliseconds; this is for one waking up. */
const PING_PATIENCE_MS = 2_000

/** The address of the first engine that answers, or undefined. */
export async function findDockerEngine(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const address of engineAddresses(env)) {
    if (await answersPing(address, env)) return address
  }
  return undefined
}

function engineAddresses(env: NodeJS.ProcessEnv): string[] {
  if (env.DOCKER_HOST) return [env.DOCKER_HOST]
  const runtime = env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`
  return [
    '/var/run/docker.sock',
    join(runtime, 'docker.sock'),
    join(homedir(), '.docker/run/docker.sock'),
    join(homedir(), '.docker/desktop/docker.sock'),
  ]
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isSocket())
    .map((path) => `unix://${path}`)
}

function answersPing(address: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const request = openPing(address, env)
      // Not the socket's idle timeout: that would start anew with every byte.
      const timer = setTimeout(() => request.destroy(new Error('too slow')), PING_PATIENCE_MS)
      request.on('error', () => resolve(false))
      request.on('response', (response) => {
        response.resume()
        resolve(response.statusCode === 200)
      })
      request.on('close', () => {
        clearTimeout(timer)
        resolve(false)
      })
      request.end()
    } catch {
      // An address of a kind not spoken here (ssh), or certificates that cannot be read: no engine for us.
      resolve(false)
    }
  })
}

function openPing(address: string, env: NodeJS.ProcessEnv) {
  const url = new URL(address)
  const options: RequestOptions = { path: '/_ping', agent: false }
  if (url.protocol === 'unix:') return requestHttp({ ...options, socketPath: url.pathname })
  if (url.protocol === 'npipe:')
    return requestHttp({ ...options, socketPath: url.pathname.replaceAll('/', '\\') })
  if (url.protocol !== 'tcp:' && url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`no way to reach ${address}`)
  }
  const certificates = env.DOCKER_TLS_VERIFY ? env.DOCKER_CERT_PATH : undefined
  const target = { ...options, host: url.hostname, port: url.port }
  if (certificates === undefined && url.protocol !== 'https:') return requestHttp(target)
  const read = (name: string) => (certificates ? readFileSync(join(certificates, name)) : undefined)
  return requestHttps({ ...target, ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') })
}
