import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { labFolder, Typist } from '../support/session.ts'

const PROMPT = 'root@datnd-master-node:~# '
const ELIDED = /^and more/

interface Transcript {
  readonly command: string
  /** What the document shows, without blank lines. */
  readonly shown: readonly string[]
  /** The document left lines out: what it shows is there, in its order. */
  readonly elided: boolean
}

/** Every command with its output: the first document's transcripts, without its prose. */
function transcripts(text: string): Transcript[] {
  const found: Transcript[] = []
  let current: { command: string; shown: string[]; elided: boolean } | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith(PROMPT)) {
      current = { command: line.slice(PROMPT.length).trim(), shown: [], elided: false }
      found.push(current)
    } else if (ELIDED.test(line) && current) current.elided = true
    else if (line.trim() !== '') current?.shown.push(line)
  }
  return found
}

const all = transcripts(readFileSync(path.join(import.meta.dirname, 'document/transcripts.txt'), 'utf8'))

describe('the first document', () => {
  it('holds seven transcripts', () => {
    expect(all.map((t) => t.command)).toEqual([
      'kg ep -n myapp',
      'kgsvc -n myapp',
      'iptables -t nat -L PREROUTING',
      'iptables -t nat -L',
      'iptables -t nat -L KUBE-SERVICES | grep 10.108.197.131',
      'iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV',
      'iptables -t nat -L KUBE-SEP-AXVPFJ6VU2VXWKMK',
    ])
  })

  it.each(all)('$command', async ({ command, shown, elided }) => {
    const typist = await Typist.atNode(labFolder('from-endpoints-to-dnat'), 'datnd-master-node')
    const printed = (await typist.type(command)).split('\n').filter((line) => line.trim() !== '')
    if (elided) {
      let at = -1
      for (const line of shown) {
        const next = printed.indexOf(line, at + 1)
        expect(next, line).toBeGreaterThan(at)
        at = next
      }
    } else expect(printed).toEqual(shown)
  })

  it('has no order of its own: after a change the Services of the listing are drawn anew', async () => {
    const typist = await Typist.atNode(labFolder('from-endpoints-to-dnat'), 'datnd-master-node')
    const listing = async () => (await typist.type('iptables -t nat -L KUBE-SERVICES')).split('\n').filter((l) => l.startsWith('KUBE-SVC-'))
    const before = await listing()
    await typist.type('kubectl scale deploy back-end -n myapp --replicas=3')
    await typist.type('sleep 10')
    const after = await listing()
    expect([...after].sort()).toEqual([...before].sort())
    expect(after).not.toEqual(before)
  })
})
