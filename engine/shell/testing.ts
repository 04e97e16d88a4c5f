import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import type { Machine } from '../cluster/machine.ts'
import { DEFAULT_PROFILE } from '../cluster/profile.ts'
import { dirEntry, fileEntry, TreeFs } from '../cluster/tree.ts'

/** A machine with files, a clock and dice and no network: enough for the shell's own tests. */
export function loneMachine(now = 1_767_225_600_000): Machine {
  const clock = new Clock(now)
  const root = dirEntry(now, {
    etc: dirEntry(now, { passwd: fileEntry('root:x:0:0:root:/root:/bin/bash\n', now) }),
    root: dirEntry(now),
    tmp: dirEntry(now),
  })
  const machine = {
    id: 'nodes/cp-1',
    kind: 'node' as const,
    hostname: 'cp-1',
    fs: new TreeFs(root, () => clock.now),
    profile: DEFAULT_PROFILE,
    clock,
    dice: new Dice('test'),
    iptables: { version: '1.8.11', backend: 'nft' as const },
    api: () => undefined,
    reach: () => undefined,
    service: () => undefined,
  }
  return machine as unknown as Machine
}
