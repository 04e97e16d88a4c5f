import { expect, test } from 'vitest'
import { gunzip, Lab } from './lab.ts'

interface Recorded {
  readonly id: string
  readonly group: string
  readonly where: string
  readonly state: string
  readonly line: string
  readonly now: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number | 'timeout'
  readonly tty?: boolean
  readonly volatile?: readonly string[]
  readonly unordered?: boolean
  readonly during?: unknown
  readonly prep?: unknown
}

const GROUPS = ['curl', 'nc', 'ping', 'ip', 'ss']
const records = gunzip('tools.jsonl.gz')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)
  .filter((r) => GROUPS.includes(r.group) && r.state === 'base' && r.tty !== true)

/** Why a record is not put to the engine yet; undefined: it is due. */
function notDue(r: Recorded): string | undefined {
  if (/[|;&<>$`]|\bfor\b/.test(r.line)) return 'needs a shell'
  if (r.during !== undefined || r.prep !== undefined) return 'needs something running beside it'
  if (/\b(web|web-one|nosuch|cp-1|localhost|web-1|example)\b/.test(r.line) && !/interface|addr show|--resolve/.test(r.line)) return 'needs the recorded cluster DNS'
  if (r.group === 'ss') return 'process ids and backlogs of the recorder\'s stubs'
  if (r.group === 'ping' && /999\.1|10\.244\.1$/.test(r.line)) return 'needs the recorded cluster DNS'
  if (/10\.96\.10\.50/.test(r.line)) return 'br_netfilter is not modelled: no CNI plugin here bridges'
  if (/\/big/.test(r.line)) return 'shows how fast the recorder was'
  if (/link-netns cni-/.test(r.stdout)) return 'named network namespaces'
  if (/ip -6 route/.test(r.line)) return 'IPv6 routes of several devices come in hash order'
  if (/10\.96\.0\.1\b/.test(r.line)) return 'needs the recorded API server'
  if (/timeout|setpriv/.test(r.line)) return 'needs another program around it'
  if (/neigh/.test(r.line)) return 'neighbour states depend on the recorder\'s traffic'
  return undefined
}

const words = (line: string) => [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')

function masked(text: string, r: Recorded): string {
  let out = text
  for (const v of r.volatile ?? []) out = out.replace(new RegExp(v, 'gm'), '~')
  return out
}

test('the tools of nodes and pods say what the real ones said', async () => {
  const due = records.filter((r) => notDue(r) === undefined)
  const passed: string[] = []
  const honest: string[] = []
  const failed: string[] = []
  for (const r of due) {
    const lab = new Lab(Date.parse(r.now))
    const seen = await lab.run(r.where, words(r.line))
    const same = masked(seen.stdout, r) === masked(r.stdout, r) && masked(seen.stderr, r) === masked(r.stderr, r) && seen.exit === r.exit
    if (same) passed.push(r.id)
    else if (seen.exit === 64) honest.push(r.id)
    else failed.push(`${r.id} ${r.line}\n  wanted ${r.exit} ${JSON.stringify(r.stdout + r.stderr).slice(0, 300)}\n  seen   ${seen.exit} ${JSON.stringify(seen.stdout + seen.stderr).slice(0, 300)}`)
  }
  const waiting = records.length - due.length + honest.length
  console.log(`node tools: ${passed.length} passed, ${waiting} not yet due (${honest.length} of them say so themselves), ${failed.length} failed`)
  if (process.env['SHOW'] !== undefined) console.log(failed.join('\n'))
  expect(passed.length).toBeGreaterThan(0)
  expect(failed).toEqual([])
})
