import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sysctl } from '../../../engine/cli/system/sysctl.ts'
import type { CommandContext } from '../../../engine/cli/command.ts'
import { Clock } from '../../../engine/clock/clock.ts'
import { Dice } from '../../../engine/clock/dice.ts'
import { procFiles } from '../../../engine/cluster/proc-files.ts'
import { dirEntry, TreeFs } from '../../../engine/cluster/tree.ts'
import { Network } from '../../../engine/net/network.ts'

interface Recorded {
  readonly argv: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

const records = readFileSync('test/golden/node/sysctl.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

const CONF =
  '# c\nnet.ipv4.ip_forward = 1\n\n; x\nnet.ipv4.conf.all.rp_filter=2\n-net.ipv4.nope=3\nnet.ipv4.nope2 = 4\nbad line\nnet.ipv4.tcp_syn_retries =  7  \n'

test('sysctl of procps 4.0.2 in a network namespace of its own, one command after the other', async () => {
  const clock = new Clock(Date.UTC(2026, 0, 1))
  const network = new Network(clock, new Dice(1))
  const host = network.createNetns('nodes/host')
  const netns = network.createNetns('pods/x/y', host)
  const fs = new TreeFs(dirEntry(0), () => 0, procFiles(netns))
  fs.mkdir('/etc')
  fs.mkdir('/proc')
  fs.write('/etc/a.conf', CONF)
  // What the recorder's machine had there holds no settings.
  fs.write('/etc/sysctl.conf', '# nothing\n')
  const failed: string[] = []
  for (const r of records) {
    const seen = { stdout: '', stderr: '', exit: 0 }
    const context = {
      argv: r.argv,
      cwd: '/root',
      user: { name: 'root', uid: 0, gid: 0, home: '/root' },
      stdout: { write: (t: string) => void (seen.stdout += t) },
      stderr: { write: (t: string) => void (seen.stderr += t) },
      machine: { fs },
      mark: () => {},
    } as unknown as CommandContext
    seen.exit = await sysctl.run(context)
    const wanted = { stdout: r.stdout, stderr: r.stderr, exit: r.exit }
    if (JSON.stringify(seen) !== JSON.stringify(wanted)) failed.push(`${r.argv.join(' ')}\n  wanted ${JSON.stringify(wanted).slice(0, 500)}\n  seen   ${JSON.stringify(seen).slice(0, 500)}`)
  }
  console.log(`sysctl: ${records.length - failed.length} passed, 0 not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
})
