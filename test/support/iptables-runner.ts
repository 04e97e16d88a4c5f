import type { Json } from '../../engine/base/json.ts'
import type { Command, CommandContext } from '../../engine/cli/command.ts'
import { iptables } from '../../engine/cli/iptables/iptables.ts'
import { iptablesRestore } from '../../engine/cli/iptables/restore.ts'
import { iptablesSave } from '../../engine/cli/iptables/save.ts'
import { nfacct } from '../../engine/cli/nfacct/nfacct.ts'
import { Clock } from '../../engine/clock/clock.ts'
import { Dice } from '../../engine/clock/dice.ts'
import type { IptablesVersion, Machine } from '../../engine/cluster/machine.ts'
import { Ruleset } from '../../engine/net/netfilter/ruleset.ts'

const COMMANDS: readonly Command[] = [iptables, iptablesRestore, iptablesSave, nfacct]

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

export interface CaseExpect {
  readonly for: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
  readonly after_save?: string
}

export interface Case {
  readonly id: string
  readonly group: string
  readonly setup: {
    readonly rules?: string
    readonly rules_ref?: string
    readonly loader?: readonly string[]
    readonly writer?: readonly [string, string]
    readonly pre?: readonly (readonly string[])[]
    readonly nfacct?: readonly string[]
    readonly etc_hosts?: string
    readonly etc_networks?: string
    readonly etc_services?: string
  }
  readonly argv: readonly string[]
  readonly stdin?: string
  readonly stdin_ref?: string
  readonly uid?: number
  readonly expect: readonly CaseExpect[]
}

function version(key: string): IptablesVersion {
  const [v = '', backend = ''] = key.split('/')
  return { version: v, backend: backend as 'nft' }
}

/** A bare node with nothing on it but a ruleset and the name databases. */
export class BareNode {
  readonly ruleset: Ruleset
  private readonly files: Map<string, string>
  private readonly clock = new Clock(Date.UTC(2026, 0, 1))
  private readonly dice = new Dice('test')
  private readonly uid: number

  constructor(files: ReadonlyMap<string, string>, uid = 0, ruleset = new Ruleset()) {
    this.ruleset = ruleset
    this.files = new Map(files)
    this.uid = uid
  }

  async run(argv: readonly string[], stdin: string, key: string): Promise<Outcome> {
    const name = argv[0] ?? ''
    const command = COMMANDS.find((c) => c.name === name || c.aliases?.includes(name))
    if (command === undefined) throw new Error(`no command ${name}`)
    let stdout = ''
    let stderr = ''
    const fs = {
      exists: (path: string) => this.files.has(path),
      read: (path: string) => this.files.get(path) ?? '',
      write: (path: string, text: string) => {
        this.files.set(path, text)
      },
    }
    const context = {
      argv,
      env: {},
      cwd: '/root',
      user: { name: 'root', uid: this.uid, gid: this.uid, home: '/root' },
      stdin: { isTty: false, text: async () => stdin },
      stdout: {
        write: (text: string) => {
          stdout += text
        },
      },
      stderr: {
        write: (text: string) => {
          stderr += text
        },
      },
      machine: { netns: { netfilter: this.ruleset }, fs, iptables: version(key) } as unknown as Machine,
      clock: this.clock,
      dice: this.dice,
      mark: () => {},
    } as unknown as CommandContext
    const exit = await command.run(context)
    return { stdout, stderr, exit }
  }
}

const DATE = /[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g

/** What a setup left behind, by setup and reader: loading it again is also a test that save and load lose nothing. */
const prepared = new Map<string, Json>()

async function prepare(c: Case, reader: string, node: BareNode, ref: (name: string) => string): Promise<void> {
  const key = `${reader} ${JSON.stringify(c.setup)}`
  const known = prepared.get(key)
  if (known !== undefined) {
    node.ruleset.load(known)
    return
  }
  for (const name of c.setup.nfacct ?? []) await node.run(['nfacct', 'add', name], '', reader)
  const rules = c.setup.rules_ref === undefined ? c.setup.rules : ref(c.setup.rules_ref)
  if (rules) await node.run(c.setup.loader ?? ['iptables-restore', '-c'], rules, c.setup.writer?.join('/') ?? reader)
  for (const argv of c.setup.pre ?? []) await node.run(argv, '', reader)
  prepared.set(key, node.ruleset.save())
}

/** Plays one case as one reader; returns what differs, or undefined. */
export async function play(
  c: Case,
  expected: CaseExpect,
  reader: string,
  files: ReadonlyMap<string, string>,
  ref: (name: string) => string,
): Promise<string | undefined> {
  const own = new Map(files)
  if (c.setup.etc_hosts !== undefined) own.set('/etc/hosts', c.setup.etc_hosts)
  if (c.setup.etc_networks !== undefined) own.set('/etc/networks', c.setup.etc_networks)
  if (c.setup.etc_services === 'missing') {
    own.set('/etc/services', '')
    // The record does not say it, but its answers do: protocol 47 had no name, so /etc/protocols was gone as well.
    own.set('/etc/protocols', '')
  }
  const root = new BareNode(own)
  const node = c.uid === undefined ? root : new BareNode(own, c.uid, root.ruleset)
  await prepare(c, reader, root, ref)
  const got = await node.run(c.argv, c.stdin_ref === undefined ? (c.stdin ?? '') : ref(c.stdin_ref), reader)
  const [v = '', b] = reader.split('/')
  const fill = (text: string) =>
    text
      .replaceAll('{VERSION}', v)
      .replaceAll('{BACKEND}', b === 'nft' ? 'nf_tables' : 'legacy')
      .replace(DATE, '{DATE}')
  const differences: string[] = []
  const compare = (what: string, seen: string | number, wanted: string | number) => {
    if (seen !== wanted) differences.push(`  ${what} want ${JSON.stringify(wanted)}\n  ${what} got  ${JSON.stringify(seen)}`)
  }
  compare('stdout', got.stdout.replace(DATE, '{DATE}'), fill(expected.stdout))
  compare('stderr', got.stderr.replace(DATE, '{DATE}'), fill(expected.stderr))
  compare('exit', got.exit, expected.exit)
  if (expected.after_save !== undefined) {
    const save = await root.run([c.group === 'ip6' ? 'ip6tables-save' : 'iptables-save', '-c'], '', reader)
    const strip = (text: string) =>
      text
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .join('\n')
        .trim()
    compare('save', strip(save.stdout), strip(fill(expected.after_save)))
  }
  return differences.length === 0 ? undefined : differences.join('\n')
}
