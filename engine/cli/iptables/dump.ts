import { formatIPv4, parseIPv4 } from '../../base/ip.ts'
import { maskOf } from '../../net/netfilter/address.ts'
import type { Chain } from '../../net/netfilter/chain.ts'
import { NotEmulatedError } from '../../net/netfilter/errors.ts'
import type { Filter, Rule } from '../../net/netfilter/rule.ts'
import { BASE_CHAINS, type Table } from '../../net/netfilter/table.ts'
import { KERNEL_NAMES, MATCH_SIZES, TARGET_SIZES } from './dump-sizes.data.ts'

/** sizeof(struct ipt_entry), of a standard target and of the ERROR target (ip_tables.h, x_tables.h). */
const ENTRY = 112
const STANDARD = 40
const ERROR = 64
const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const

/** One entry of a table's blob: what it takes, and what is said of its target once every offset is known. */
interface Entry {
  readonly size: number
  readonly filter: Filter
  readonly counters: readonly [number, number]
  readonly matches: readonly string[]
  readonly target: (offsetOf: (chain: string) => number, next: number) => string
  readonly goto?: boolean
}

const plain = (size: number, target: Entry['target'], counters: readonly [number, number] = [0, 0]): Entry => ({
  size: ENTRY + size,
  filter: {},
  counters,
  matches: [],
  target,
})

const standard = (verdict: string) => `Target name: \`' [${STANDARD}]\nverdict=${verdict}\n`
const VERDICTS: Readonly<Record<string, string>> = { ACCEPT: 'NF_ACCEPT', DROP: 'NF_DROP', QUEUE: 'NF_QUEUE', RETURN: 'RETURN' }

function errorEntry(name: string): Entry {
  return plain(ERROR, () => `Target name: \`ERROR' [${ERROR}]\nerror=\`${name}'\n`)
}

function sizeOf(table: Readonly<Record<string, number>>, name: string): number {
  const size = table[name]
  if (size === undefined) throw new NotEmulatedError(`-vv of ${name}`)
  return size
}

function ruleEntry(rule: Rule, counters: readonly [number, number]): Entry {
  const matches = rule.matches.map((data) => KERNEL_NAMES[data.ext] ?? data.ext)
  const size = ENTRY + matches.reduce((sum, name) => sum + sizeOf(MATCH_SIZES, name), 0)
  const base = { filter: rule.filter, counters, matches }
  const target = rule.target
  if (target?.kind === 'extension') {
    const name = KERNEL_NAMES[target.data.ext] ?? target.data.ext
    const bytes = sizeOf(TARGET_SIZES, name)
    return { ...base, size: size + bytes, target: () => `Target name: \`${name}' [${bytes}]\n` }
  }
  const verdict: Entry['target'] = (offsetOf, next) => {
    if (target === undefined) return standard(String(next))
    return standard(target.kind === 'verdict' ? (VERDICTS[target.name] as string) : String(offsetOf(target.chain)))
  }
  return { ...base, size: size + STANDARD, target: verdict, goto: target?.kind === 'goto' }
}

/** The entries of a table in the order of the kernel's blob, and where chains and policies begin. */
function layOut(table: Table): { entries: Entry[]; chains: Map<string, number>; policies: Map<string, number>; size: number } {
  const entries: Entry[] = []
  const chains = new Map<string, number>()
  const policies = new Map<string, number>()
  let size = 0
  const add = (entry: Entry) => {
    entries.push(entry)
    size += entry.size
  }
  const addRules = (chain: Chain) => {
    chains.set(chain.name, size)
    for (const [i, rule] of chain.rules.entries()) add(ruleEntry(rule, [chain.packetsOf(i), chain.bytesOf(i)]))
    policies.set(chain.name, size)
  }
  for (const chain of table.sorted()) {
    if (chain.policy === undefined) add(errorEntry(chain.name))
    addRules(chain)
    const end = standard(VERDICTS[chain.policy ?? 'RETURN'] as string)
    add(plain(STANDARD, () => end, [chain.policyPackets, chain.policyBytes]))
  }
  add(errorEntry('ERROR'))
  return { entries, chains, policies, size }
}

function address(text: string | undefined): string {
  const [base = '0.0.0.0', mask = '0'] = (text ?? '0.0.0.0/0').split('/')
  const bits = mask.includes('.') ? (parseIPv4(mask) ?? 0) : maskOf(Number(mask))
  return `${base}/${formatIPv4(bits)}`
}

/** The device's name, and an X for every byte of it that is compared. */
function device(name = ''): string {
  const compared = name === '' ? 0 : name.endsWith('+') ? name.length - 1 : name.length + 1
  return `\`${name}'/${'X'.repeat(compared).padEnd(16, '.')}`
}

const two = (n: number) => n.toString(16).toUpperCase().padStart(2, '0')

function entryText({ filter: f, counters, matches, goto }: Entry, target: string): string {
  const flags = (f.frag ? 1 : 0) | (goto ? 2 : 0)
  const inverted = [f.iifInv, f.oifInv, false, f.srcInv, f.dstInv, f.fragInv, f.protoInv]
  const bits = inverted.reduce((sum, on, at) => sum | (on ? ([1, 2, 4, 8, 16, 32, 64][at] as number) : 0), 0)
  return [
    `SRC IP: ${address(f.src)}`,
    `DST IP: ${address(f.dst)}`,
    `Interface: ${device(f.iif)}to ${device(f.oif)}`,
    `Protocol: ${f.proto ?? 0}`,
    `Flags: ${two(flags)}`,
    `Invflags: ${two(bits)}`,
    `Counters: ${counters[0]} packets, ${counters[1]} bytes`,
    'Cache: 00000000',
    ...matches.map((name) => `Match name: \`${name}'`),
    target,
  ].join('\n')
}

/** What legacy tools add with -vv: the table's blob as they fetched it (dump_entries of libip4tc.c). */
export function dumpTable(table: Table): string {
  const { entries, chains, policies, size } = layOut(table)
  const hooks = (offsets: ReadonlyMap<string, number>) =>
    HOOKS.map((hook) => {
      const known = (BASE_CHAINS[table.name] as readonly string[]).includes(hook)
      return (known ? (offsets.get(hook) ?? 0) : 0xffffffff).toString(16)
    }).join('/')
  let text = `libiptc vlibxtables.so.12. ${size} bytes.\nTable \`${table.name}'\n`
  text += `Hooks: pre/in/fwd/out/post = ${hooks(chains)}\nUnderflows: pre/in/fwd/out/post = ${hooks(policies)}\n`
  let offset = 0
  entries.forEach((entry, i) => {
    const next = offset + entry.size
    text += `Entry ${i} (${offset}):\n${entryText(
      entry,
      entry.target((chain) => chains.get(chain) ?? 0, next),
    )}\n`
    offset = next
  })
  return text
}
