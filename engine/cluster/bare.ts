import { Clock } from '../clock/clock.ts'
import { Dice } from '../clock/dice.ts'
import { Network } from '../net/network.ts'
import type { Machine } from './machine.ts'
import { type NodeFiles, nodeRoot, RECORDED_HOSTS } from './node-files.ts'
import { makeMachine, NO_CLUSTER } from './node-machine.ts'
import { procFiles } from './proc-files.ts'
import type { Profile } from './profile.ts'
import { TreeFs } from './tree.ts'

export const BARE_NODE = 'cp-1'

/** File trees are immutable, so machines that start alike share one. */
const roots = new Map<string, ReturnType<typeof nodeRoot>>()

function rootOf(files: NodeFiles): ReturnType<typeof nodeRoot> {
  const key = `${files.hostname} ${files.now} ${files.profile.os}`
  let root = roots.get(key)
  if (root === undefined) {
    roots.clear()
    root = nodeRoot(files)
    roots.set(key, root)
  }
  return root
}

/** A lone machine with a loopback device, an empty packet filter and the ordinary files: no cluster, no wires. */
export function createBareNode(profile: Profile, now: number): Machine {
  const clock = new Clock(now)
  const dice = new Dice(profile.seed)
  const netns = new Network(clock, dice, profile.kernel).createNetns(`nodes/${BARE_NODE}`)
  const fs = new TreeFs(
    rootOf({ hostname: BARE_NODE, profile, now, hosts: RECORDED_HOSTS, accounts: false }),
    () => clock.now,
    procFiles(netns),
  )
  return makeMachine({ id: netns.id, kind: 'node', hostname: BARE_NODE, netns, fs, profile, clock, dice }, NO_CLUSTER)
}
