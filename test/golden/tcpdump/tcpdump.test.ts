import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { compileFilter } from '../../../engine/cli/tcpdump/filter/compile.ts'
import { FilterError } from '../../../engine/cli/tcpdump/filter/lexer.ts'
import type { Names } from '../../../engine/cli/tcpdump/filter/operands.ts'
import { parseFilter } from '../../../engine/cli/tcpdump/filter/parser.ts'
import type { Captured } from '../../../engine/cli/tcpdump/frame.ts'
import { frameText } from '../../../engine/cli/tcpdump/print/frame.ts'
import type { Printer, PrintOptions } from '../../../engine/cli/tcpdump/print/printer.ts'
import { encapsulate } from '../../../engine/net/overlay.ts'
import { tcpPacket } from '../../../engine/net/path/build.ts'

/** 68 frames whose bytes a real tcpdump 4.99.3 read from a file: what it printed with each option, and which each filter took. */
interface Recorded {
  readonly frames: readonly Captured[]
  readonly prints: Readonly<Record<string, string>>
  readonly filters: Readonly<Record<string, readonly number[] | string>>
}

const recorded = JSON.parse(gunzipSync(readFileSync('test/golden/tcpdump/recorded.json.gz')).toString('utf8')) as Recorded
const SERVICES: Readonly<Record<string, readonly [number | undefined, number | undefined]>> = {
  http: [80, undefined],
  https: [443, 443],
  domain: [53, 53],
}
const names: Names = {
  linkType: 'EN10MB',
  addresses: () => Promise.resolve([]),
  port: (name, protocol) => SERVICES[name]?.[protocol === 'tcp' ? 0 : 1],
  protocol: (name) => ({ tcp: 6, udp: 17, icmp: 1 })[name],
}

function options(words: string): PrintOptions {
  const times = (c: string) => words.split(c).length - 1
  const dump = ['x', 'X', 'A'].find((c) => times(c) > 0)
  return {
    verbose: times('v'),
    quiet: times('q') > 0,
    link: times('e') > 0,
    absolute: times('S') > 0,
    trustChecksums: times('K') > 0,
    time: times('t'),
    numbered: times('#') > 0,
    dump: dump === undefined ? undefined : (dump.repeat(times(dump)) as 'x'),
  }
}

describe('tcpdump prints every frame as the real one', () => {
  for (const [words, wanted] of Object.entries(recorded.prints))
    test(words, () => {
      const printer: Printer = {
        options: options(words),
        names: { host: (a) => a, port: (p) => String(p) },
        flows: new Map(),
      }
      const first = recorded.frames[0]?.at as number
      let before: number | undefined
      const seen = recorded.frames.map((frame, i) => {
        const text = frameText(frame, printer, { number: i + 1, before, first })
        before = frame.at
        return text
      })
      expect(seen.join('').split('\n')).toEqual(wanted.split('\n'))
    })
})

describe('tcpdump filters as the real one', () => {
  for (const [expression, wanted] of Object.entries(recorded.filters))
    test(expression, async () => {
      if (typeof wanted === 'string') {
        const words = await failure(expression)
        expect(`tcpdump: ${words}\n`).toBe(wanted)
        return
      }
      const node = parseFilter(expression)
      if (node === undefined) throw new Error('no filter')
      const takes = await compileFilter(node, names)
      expect(recorded.frames.flatMap((frame, i) => (takes(frame) ? [i + 1] : []))).toEqual(wanted)
    })
})

async function failure(expression: string): Promise<string> {
  try {
    const node = parseFilter(expression)
    if (node !== undefined) await compileFilter(node, names)
    return ''
  } catch (error) {
    if (error instanceof FilterError) return error.message
    throw error
  }
}

test('a tunnel’s datagram shows the packet inside, as tcpdump reads VXLAN on 8472', () => {
  const ends = { src: '10.0.0.88', dst: '10.0.1.2', sport: 4444, dport: 8080 }
  const inner = tcpPacket(ends, { syn: true }, 5, 0, '', { mss: 1460, id: 7 })
  const packet = encapsulate(inner, '192.168.56.10', '192.168.56.11', 1234)
  const frame = { ...(recorded.frames[4] as Captured), packet, partial: true }
  const print = (words: string) => {
    const printer: Printer = { options: options(words), names: { host: (a) => a, port: (p) => String(p) }, flows: new Map() }
    return frameText(frame, printer, { number: 1, before: undefined, first: frame.at })
  }
  // Printed by tcpdump 4.99.3 from the same bytes.
  expect(print('-nt')).toBe(
    'IP 192.168.56.10.35397 > 192.168.56.11.8472: OTV, flags [I] (0x08), overlay 0, instance 1234\nIP 10.0.0.88.4444 > 10.0.1.2.8080: Flags [S], seq 5, win 64240, options [mss 1460,sackOK,TS val 0 ecr 0,nop,wscale 7], length 0\n',
  )
  expect(print('-nte')).toContain(
    'length 124: 192.168.56.10.35397 > 192.168.56.11.8472: OTV, flags [I] (0x08), overlay 0, instance 1234\n00:00:00:00:00:00 > 00:00:00:00:00:00, ethertype IPv4 (0x0800), length 74: 10.0.0.88.4444 > 10.0.1.2.8080: Flags [S]',
  )
})
