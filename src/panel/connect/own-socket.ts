// Functions of node:net and node:dns that no tracing library sees.
import dns from 'node:dns'
import { Socket, type TcpSocketConnectOpts } from 'node:net'
import { unpatched } from '../../host/unpatched.ts'

export function unpatchedConnect(socket: Socket, options: TcpSocketConnectOpts): void {
  Reflect.apply(unpatched(Socket.prototype.connect), socket, [options])
}

/** Only a name of a host is looked up, and most addresses of a panel have none. */
export const lookupUnpatched: TcpSocketConnectOpts['lookup'] = (...args) =>
  Reflect.apply(unpatched(dns.lookup), dns, args)
