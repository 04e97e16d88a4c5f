import type { Command } from './command.ts'
import { iptables } from './iptables/iptables.ts'
import { iptablesRestore } from './iptables/restore.ts'
import { iptablesSave } from './iptables/save.ts'
import { kubectl } from './kubectl/kubectl.ts'
import { nfacct } from './nfacct/nfacct.ts'

/** Every program that a machine can run; one line each, in alphabetical order. */
export const COMMANDS: readonly Command[] = [iptables, iptablesRestore, iptablesSave, kubectl, nfacct]

const byName = new Map<string, Command>()
for (const command of COMMANDS) for (const name of [command.name, ...(command.aliases ?? [])]) byName.set(name, command)

/** The program called `name` ("iptables", or "/usr/sbin/iptables"), if there is one. */
export function findCommand(name: string): Command | undefined {
  return byName.get(name) ?? byName.get(name.slice(name.lastIndexOf('/') + 1))
}
