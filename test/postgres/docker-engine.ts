// Whether a Docker engine answers here and now, asked in no more than two seconds: a socket file outlives its
// engine, and loading testcontainers only to learn that costs more than starting the embedded server.
import { readFileSync, statSync } from 'node:fs'
import { type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** An engine on the same machine answers in milliseconds; this is for one waking up. */
const PING_PATIENCE_MS = 2_000

/** How to reach an engine; plain data, so it can be handed to another process. */
export interface DockerEngine {
  address: string
  /** Whether it is spoken to by https. */
  secure: boolean
  target: RequestOptions
}

/** The first engine that answers, or undefined. */
export async function findDockerEngine(env: NodeJS.ProcessEnv): Promise<DockerEngine | undefined> {
  for (const address of engineAddresses(env)) {
    const engine = reachableBy(address, env)
    if (engine && (await answersPing(engine))) return engine
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

function reachableBy(address: string, env: NodeJS.ProcessEnv): DockerEngine | undefined {
  try {
    return targetOf(address, env)
  } catch {
    // An address of a kind not spoken here (ssh), or certificates that cannot be read: no engine for us.
    return undefined
  }
}

function answersPing({ secure, target }: DockerEngine): Promise<boolean> {
  return new Promise((resolve) => {
    const open = secure ? requestHttps : requestHttp
    const request = open({ ...target, path: '/_ping', agent: false })
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
  })
}

function targetOf(address: string, env: NodeJS.ProcessEnv): DockerEngine {
  const url = new URL(address)
  if (url.protocol === 'unix:') return { address, secure: false, target: { socketPath: url.pathname } }
  if (url.protocol === 'npipe:') {
    return { address, secure: false, target: { socketPath: url.pathname.replaceAll('/', '\\') } }
  }
  if (url.protocol !== 'tcp:' && url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`no way to reach ${address}`)
  }
  const target = { host: url.hostname, port: url.port }
  const folder = env.DOCKER_TLS_VERIFY ? env.DOCKER_CERT_PATH : undefined
  if (folder === undefined) return { address, secure: url.protocol === 'https:', target }
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const certificates = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
  return { address, secure: true, target: { ...target, ...certificates } }
}
