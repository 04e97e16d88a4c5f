import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import type { RunningApi } from '../../../electron/api/server.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

type At = Pick<RunningApi, 'url' | 'ca' | 'token'>

/** One request over HTTP/1.1 on a connection of its own, with the token unless the headers say otherwise. */
export function ask(at: At, path: string, asked: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = begin(at, path, asked, (incoming) => {
      const parts: Buffer[] = []
      incoming.on('data', (part: Buffer) => parts.push(part))
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts) }),
      )
    })
    outgoing.on('error', reject)
  })
}

/** A request whose answer is followed while it comes; `stop` hangs up. */
export function follow(at: At, path: string): { text(): string; ended(): boolean; status(): number; stop(): void } {
  let text = ''
  let ended = false
  let status = 0
  const outgoing = begin(at, path, {}, (incoming) => {
    status = incoming.statusCode ?? 0
    incoming.setEncoding('utf8')
    incoming.on('data', (part: string) => {
      text += part
    })
    incoming.on('error', () => {})
    incoming.on('close', () => {
      ended = true
    })
  })
  outgoing.on('error', () => {})
  return { text: () => text, ended: () => ended, status: () => status, stop: () => void outgoing.destroy() }
}

function begin(
  { url, ca, token }: At,
  path: string,
  { method = 'GET', headers = {}, body }: Asked,
  heard: (incoming: IncomingMessage) => void,
) {
  const all = { authorization: `Bearer ${token}`, ...headers }
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  // The certificate is ours by its authority; what name we call it by is for the tests to choose.
  const outgoing = request(
    `${url}${path}`,
    { method, ca, headers: kept, agent: false, checkServerIdentity: () => undefined },
    heard,
  )
  outgoing.end(body)
  return outgoing
}
