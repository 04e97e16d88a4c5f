import { expect, test } from 'vitest'
import { gunzip, Lab, type Ran, runOn } from './lab.ts'

interface Recorded {
  readonly id: string
  readonly where: string
  readonly state: string
  readonly line: string
  readonly now: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number | 'timeout'
  readonly tty?: boolean
  readonly volatile?: readonly string[]
  readonly during?: readonly { readonly after_ms: number; readonly where: string; readonly line: string }[]
}

const records = gunzip('tools.jsonl.gz')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)
  .filter((r) => /\btcpdump\b/.test(r.line) && r.state === 'base' && r.tty !== true)

/** Why a record is not put to the engine yet; undefined: it is due. */
function notDue(r: Recorded): string | undefined {
  const beside = r.during?.map((d) => d.line).join(' ') ?? ''
  if (/setpriv/.test(r.line)) return 'needs another program around it'
  if (/\b(getent|dig|arping)\b/.test(beside)) return 'what makes the traffic is not emulated'
  if (/neigh flush|10\.244\.1\.250/.test(beside)) return 'the recorder’s hairpin port gives broadcasts back to their sender'
  if (/-\w*A/.test(r.line)) return 'prints bytes that differ from run to run, and the recording does not mask them'
  if (/port 9001/.test(r.line)) return 'the recorder’s stub closes first, ours when it is spoken to'
  if (/10\.96\.10\.50/.test(beside) || (/cni0|-\w*e\w*i any/.test(r.line) && /10\.96\.10\.13/.test(beside)))
    return 'br_netfilter is not modelled: no CNI plugin here bridges'
  return undefined
}

const words = (line: string) => [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')

/** Without what the recording itself says differs from run to run; window scale and microseconds are among it. */
function masked(text: string, r: Recorded): string {
  let out = text
  for (const v of r.volatile ?? []) out = out.replace(new RegExp(v, 'gm'), '~')
  return out.replace(/ ?~/g, '~')
}

/** Runs the line as the recorder did: `timeout N` around it, and somebody's traffic after a while. */
async function replay(r: Recorded): Promise<Ran> {
  const lab = new Lab(Date.parse(r.now))
  const argv = words(r.line)
  const limit = argv[0] === 'timeout' ? Number(argv[1]) * 1000 : 45_000
  const command = argv[0] === 'timeout' ? argv.slice(2) : argv
  const others = (r.during ?? []).map(async (d) => {
    await lab.clock.sleep(d.after_ms)
    // "echo X | nc ..." gives the text on standard input.
    const [, said, rest] = /^echo (\S+) \| (.*)$/.exec(d.line) ?? [undefined, undefined, d.line]
    await runOn(lab.ns(d.where), words(rest as string), lab.files, 0, said === undefined ? '' : `${said}\n`)
  })
  const seen = await runOn(lab.ns(r.where), command, lab.files, 0, '', limit)
  await Promise.race([Promise.all(others), Promise.resolve()])
  return argv[0] === 'timeout' && seen.exit === 'timeout' ? { ...seen, exit: 124 } : seen
}

test('tcpdump says what the real one said', async () => {
  const due = records.filter((r) => notDue(r) === undefined)
  const failed: string[] = []
  let passed = 0
  for (const r of due) {
    const seen = await replay(r)
    if (masked(seen.stdout, r) === masked(r.stdout, r) && masked(seen.stderr, r) === masked(r.stderr, r) && seen.exit === r.exit) passed++
    else failed.push(`${r.id} ${r.line}\n--- wanted ${r.exit}\n${masked(r.stdout + r.stderr, r)}--- seen ${seen.exit}\n${masked(seen.stdout + seen.stderr, r)}`)
  }
  console.log(`tcpdump: ${passed} passed, ${records.length - due.length} not yet due, ${failed.length} failed`)
  if (process.env['SHOW'] !== undefined) console.log(failed.join('\n\n'))
  expect(failed.map((f) => f.split('\n')[0])).toEqual([])
})
