import { BAD_REQUEST, formatResponse, takeRequest } from '../base/http-message.ts'
import type { Json } from '../base/json.ts'
import type { Network } from '../net/network.ts'
import type { Program, ProgramConnection, ProgramContext } from '../net/socket/program.ts'
import { SITES } from './sites.ts'

/** What a listener of a workload was started with. */
export interface WorkloadConfig {
  readonly hostname: string
  readonly site?: string
  readonly text?: string
}

function configOf(context: ProgramContext): WorkloadConfig {
  return (context.config ?? { hostname: '' }) as unknown as WorkloadConfig
}

function bufferOf(app: Json): string {
  return typeof app === 'string' ? app : ''
}

const http: Program = {
  name: 'http',
  data(connection, data, context) {
    let buffer = bufferOf(connection.app) + data
    const config = configOf(context)
    for (;;) {
      const taken = takeRequest(buffer)
      if (taken === undefined) break
      if (taken === 'bad') {
        connection.send(BAD_REQUEST)
        connection.close()
        return
      }
      buffer = taken.rest
      const { request } = taken
      const response = SITES[config.site ?? 'hostname']?.(request, {
        hostname: config.hostname,
        now: context.now,
        remote: connection.remote,
        rport: connection.rport,
        local: connection.local,
        lport: connection.lport,
        ...(config.text === undefined ? {} : { text: config.text }),
      })
      if (response !== undefined) connection.send(formatResponse(response, request.method === 'HEAD'))
      if (request.headers.connection?.toLowerCase() === 'close' || request.version === 'HTTP/1.0') return connection.close()
    }
    connection.app = buffer
  },
}

/** A Go server that expects TLS, spoken to in plain HTTP. Handshakes themselves are not modelled: whatever else comes ends the connection. */
const tls: Program = {
  name: 'tls',
  data(connection, data) {
    if (/^[A-Z]+ \S+ HTTP\/1/.test(data))
      connection.send('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n')
    connection.close()
  },
}

const echo: Program = {
  name: 'echo',
  data: (connection, data) => connection.send(data),
  datagram: (data) => [data],
}

/** A server whose protocol is not modelled: it takes connections and ends them at the first byte it does not understand. */
const accept: Program = {
  name: 'accept',
  data: (connection: ProgramConnection) => connection.close(),
}

/** Makes the programs known to a network; once per network. */
export function registerWorkloads(network: Network): void {
  for (const program of [http, tls, echo, accept]) network.registerProgram(program)
}
