// Servers of node:https, and of node:http with a listener of its own for clients that wait to be let through.
import http from 'node:http'
import https from 'node:https'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
// A shared key instead of a certificate, which would have to be made first.
const psk = Buffer.from('d731ef57be09e5204f0b205b60627028', 'hex')
const ciphers = 'PSK'

const pskCallback = () => ({ psk, identity: 'visitor' })
const checkServerIdentity = () => undefined

async function answer(_request, response) {
  await pool.query('select 1')
  response.end('ok')
}

const secure = https.createServer({ ciphers, pskCallback: () => psk }, answer)
const careful = http.createServer(answer)
careful.on('checkContinue', (request, response) => {
  response.writeContinue()
  careful.emit('request', request, response)
})

await new Promise((resolve) => secure.listen(0, '127.0.0.1', resolve))
await new Promise((resolve) => careful.listen(0, '127.0.0.1', resolve))
await ask(https, { port: secure.address().port, path: '/secure', ciphers, pskCallback, checkServerIdentity })
await ask(http, {
  port: careful.address().port,
  path: '/careful',
  method: 'POST',
  headers: { expect: '100-continue' },
})
secure.close()
careful.close()
await pool.end()

function ask(module, options) {
  return new Promise((resolve, reject) => {
    const request = module.request({ host: '127.0.0.1', ...options }, (response) => {
      response.resume()
      response.on('end', resolve)
    })
    request.on('error', reject)
    request.end('x')
  })
}
