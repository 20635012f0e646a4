// The address of a panel as one text, which is printed, copied and configured: `http://127.0.0.1:4983/?token=…`.
import { describeValue } from '../text/describe-value.ts'
import { hideToken } from '../text/hide-token.ts'

/** The fixed port, so that an address in a configuration stays valid where no other panel runs. */
export const DEFAULT_PORT = 4983

export interface PanelAddress {
  /** The whole text, with the token. */
  address: string
  /** Without the token: `http://127.0.0.1:4983/` */
  url: string
  /** Without the brackets of an IPv6 address. */
  host: string
  port: number
  token: string
}

const TAKES = `an address as pg-loupe dev prints it: http://127.0.0.1:${DEFAULT_PORT}/?token=…`
/** The characters of base64url. */
const TOKEN = /^[\w-]{22,128}$/

export function panelAddress(host: string, port: number, token: string): PanelAddress {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/`
  return { address: `${url}?token=${token}`, url, host, port, token }
}

/** @throws TypeError that says what an address looks like. The token is never part of the message. */
export function parsePanelAddress(text: string): PanelAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const token = url?.searchParams.get('token') ?? ''
  if (url?.protocol !== 'http:' || !TOKEN.test(token)) {
    const given = describeValue(hideToken(text))
    throw new TypeError(`pg-loupe: the panel's address is ${given}, expected ${TAKES}`)
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return panelAddress(host, url.port === '' ? 80 : Number(url.port), token)
}
