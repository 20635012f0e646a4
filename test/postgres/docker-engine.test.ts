import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { findDockerEngine } from './docker-engine.ts'

test('an engine that answers a ping on a socket is found', async () => {
  const DOCKER_HOST = await engineOnSocket((_, response) => response.end('OK'))

  expect(await findDockerEngine({ DOCKER_HOST })).toMatchObject({ address: DOCKER_HOST })
})

test('an engine that answers a ping on a port is found', async () => {
  const asked: string[] = []
  const DOCKER_HOST = await engineOnPort((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end('OK')
  })

  expect(await findDockerEngine({ DOCKER_HOST })).toMatchObject({ address: DOCKER_HOST })
  expect(asked).toEqual(['GET /_ping'])
})

test('a socket left behind by an engine that is gone is no engine', async () => {
  const DOCKER_HOST = `unix://${join(temporaryFolder(), 'docker.sock')}`

  expect(await findDockerEngine({ DOCKER_HOST })).toBeUndefined()
})

test('an engine that accepts the connection and never answers is no engine', async () => {
  const DOCKER_HOST = await engineOnSocket(() => {})

  expect(await findDockerEngine({ DOCKER_HOST })).toBeUndefined()
})

test('an engine that answers with an error is no engine', async () => {
  const DOCKER_HOST = await engineOnSocket((_, response) => {
    response.statusCode = 500
    response.end()
  })

  expect(await findDockerEngine({ DOCKER_HOST })).toBeUndefined()
})

test('an address that nothing here can talk to is no engine, and no error', async () => {
  expect(await findDockerEngine({ DOCKER_HOST: 'ssh://somewhere' })).toBeUndefined()
  expect(await findDockerEngine({ DOCKER_HOST: 'not an address' })).toBeUndefined()
})

test('certificates that are not there make no engine, and no error', async () => {
  const env = {
    DOCKER_HOST: 'tcp://127.0.0.1:1',
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: temporaryFolder(),
  }

  expect(await findDockerEngine(env)).toBeUndefined()
})

async function engineOnSocket(answer: RequestListener): Promise<string> {
  const path = join(temporaryFolder(), 'docker.sock')
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  closeLater(server)
  return `unix://${path}`
}

async function engineOnPort(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(server)
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function closeLater(server: Server): void {
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
}
