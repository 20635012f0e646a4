// Decides who may ask the panel. Other users of the machine, pages of other origins and DNS names that point to this machine
// can all reach its port: every request needs a known Host, no page of another origin is answered, and everything
// that tells or changes something needs the token.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** Twice as many bits as nobody can guess, and still a short address. */
const TOKEN_BYTES = 32

export function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** Why a request is refused. The sentence is for the person who reads the answer. */
export interface Refusal {
  status: 400 | 401 | 403
  error: string
}

interface AccessOptions {
  token: string
  port: number
  /** Host names by which the panel may be addressed besides loopback: `name` with any port, or `name:port`. */
  allowedHosts: readonly string[]
}

export class Access {
  readonly #token: string
  readonly #hosts: ReadonlySet<string>
  readonly #cookie: string

  constructor({ token, port, allowedHosts }: AccessOptions) {
    this.#token = token
    const loopback = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`)
    this.#hosts = new Set([...loopback, ...allowedHosts.map((name) => name.toLowerCase())])
    // Cookies do not depend on ports, and two panels may run at once.
    this.#cookie = `pg-loupe-${port}`
  }

  /** A name that an attacker lets point to this machine is none of these. */
  refuseHost({ headersDistinct: { host = [] } }: IncomingMessage): Refusal | undefined {
    // A request that names two hosts means neither.
    const given = host.length === 1 ? String(host[0]).toLowerCase() : ''
    const name = given.replace(/:\d{1,5}$/, '')
    if (this.#hosts.has(given) || this.#hosts.has(name)) return undefined
    return {
      status: 403,
      error: 'This host name is not allowed. Use the printed address, or allow the name with --allowed-host.',
    }
  }

  /** Pages of other origins, and of `null`, get no answer at all. Call it after `refuseHost`. */
  refuseOrigin({ origin, host = '' }: IncomingHttpHeaders): Refusal | undefined {
    if (origin === undefined || origin === `http://${host}`) return undefined
    return { status: 403, error: 'Pages of other origins may not ask the panel.' }
  }

  /**
   * The token comes with the request (commands, processes) or in the cookie of the panel's own page. A page on another port of
   * this machine is of the same site, so its requests carry the cookie too. Browsers name the sender in Sec-Fetch-Site.
   */
  refuseStranger(headers: IncomingHttpHeaders): Refusal | undefined {
    const { 'sec-fetch-site': site = 'same-origin' } = headers
    if (site !== 'same-origin') return { status: 403, error: 'Other pages may not ask the panel.' }
    if (this.isToken(bearerOf(headers)) || this.isToken(cookieOf(headers, this.#cookie))) return undefined
    return {
      status: 401,
      error:
        'The token is missing or belongs to an earlier start. Open the address that pg-loupe dev printed.',
    }
  }

  isToken(text: string | undefined): boolean {
    return text !== undefined && timingSafeEqual(digest(text), digest(this.#token))
  }

  /** The value of `Set-Cookie` that lets the panel's page ask. */
  get cookie(): string {
    return `${this.#cookie}=${this.#token}; HttpOnly; SameSite=Strict; Path=/`
  }
}

/** Texts of different lengths cannot be compared in constant time, but their digests can. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function bearerOf({ authorization = '' }: IncomingHttpHeaders): string | undefined {
  return /^Bearer ([\w-]{1,200})$/i.exec(authorization)?.[1]
}

function cookieOf({ cookie = '' }: IncomingHttpHeaders, name: string): string | undefined {
  const pair = cookie.split(';').find((text) => text.trim().startsWith(`${name}=`))
  return pair?.slice(pair.indexOf('=') + 1).trim()
}
