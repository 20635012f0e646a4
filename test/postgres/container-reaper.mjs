// Removes the containers of one run when the run is gone: a detached process, started by start-container.ts,
// that reads from its standard input which engine and which label, and waits for that input to close.
// Finds them by label, because a run can be killed before it learns what its container is called.
// Plain JavaScript, because Node 20 runs it without a loader.
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** A container whose creation was under way when the run was killed shows up a little later. */
const LOOKS_AFTER_MS = [0, 2_000]

let input = ''
process.stdin.on('error', () => {})
process.stdin.setEncoding('utf8').on('data', (text) => {
  input += text
})
process.stdin.on('close', async () => {
  const run = JSON.parse(input)
  for (const pauseMs of LOOKS_AFTER_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    await removeAll(run).catch(() => {})
  }
  process.exit()
})

async function removeAll(run) {
  const filters = encodeURIComponent(JSON.stringify({ label: [run.label] }))
  const containers = JSON.parse(await ask(run, 'GET', `/containers/json?all=true&filters=${filters}`))
  for (const { Id } of containers) await ask(run, 'DELETE', `/containers/${Id}?force=true&v=true`)
}

function ask({ secure, target }, method, path) {
  return new Promise((resolve, reject) => {
    const open = secure ? requestHttps : requestHttp
    const request = open({ ...target, method, path, agent: false }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve(text)
    })
    request.on('error', reject)
    request.end()
  })
}
