import type { Network } from '../net/network.ts'
import { decodeMessage, encodeMessage } from './message.ts'
import { answer, type DnsSource } from './zone.ts'

/** Makes CoreDNS known to a network as the program "dns". `source` looks at the cluster each time it is asked. */
export function registerDns(network: Network, source: DnsSource): void {
  const reply = (query: string): string | undefined => {
    const message = decodeMessage(query)
    if (message === undefined || message.response) return undefined
    const found = answer(source, message.question.name, message.question.type, network.dice)
    return encodeMessage({
      id: message.id,
      response: true,
      authoritative: found.authoritative,
      recursionDesired: message.recursionDesired === true,
      recursionAvailable: false,
      rcode: found.rcode,
      question: message.question,
      answers: found.answers,
      authority: found.authority,
      additional: found.additional,
    })
  }
  network.registerProgram({
    name: 'dns',
    datagram(data) {
      const answered = reply(data)
      return answered === undefined ? [] : [answered]
    },
    data(connection, data) {
      // RFC 1035 section 4.2.2: over TCP each message has its length in front.
      const answered = reply(data.slice(2))
      if (answered !== undefined) connection.send(String.fromCharCode(answered.length >> 8, answered.length & 255) + answered)
    },
  })
}
