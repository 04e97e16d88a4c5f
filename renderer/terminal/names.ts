import { type HitQuestion, ruleLine } from './rule-lines.ts'
import { commandAbove, LOOK_BACK, PROMPT, type Surroundings } from './surroundings.ts'

export type NameKind = 'chain' | 'rule' | 'address' | 'pod' | 'service' | 'node'

/** A name found in terminal output, with what its surroundings tell. */
export interface FoundName {
  readonly kind: NameKind
  readonly text: string
  /** Character positions in the line: first, and one past the last. */
  readonly start: number
  readonly end: number
  readonly namespace?: string
  /** The netfilter table of the listing it stands in. */
  readonly table?: string
  /** A rule's chain and number. */
  readonly rule?: { readonly chain: string; readonly number: number }
  /** What of it packets can have hit: the chain it names, the rule whose line it stands in. */
  readonly asks?: readonly HitQuestion[]
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const ADDRESS = new RegExp(`(?<![\\w.])${OCTET}(?:\\.${OCTET}){3}(?![\\w.]|/\\d)`, 'g')
const CHAIN =
  /(?<![\w-])(?:KUBE-[A-Z0-9-]*[A-Z0-9]|CILIUM_[A-Za-z0-9_]+|FLANNEL-[A-Z]+|CNI-[A-Za-z0-9-]+|cali-[A-Za-z0-9_.-]+|PREROUTING|POSTROUTING|INPUT|OUTPUT|FORWARD)(?![\w-])/g
// The letters of a generated suffix: k8s.io/apimachinery/pkg/util/rand.
const SUFFIX = '[bcdfghjklmnpqrstvwxz2456789]'
const POD = new RegExp(`(?<![\\w./-])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-${SUFFIX}{8,10}-${SUFFIX}{5}(?![\\w-])`, 'g')
const COMMENT = /\/\*\s+([a-z0-9-]+)\/([a-z0-9-]+)(?=[:\s])/g

/** The names in one line of output; earlier kinds win where two overlap. */
export function findNames(line: string, around: Surroundings): FoundName[] {
  const found: FoundName[] = []
  const add = (name: FoundName) => {
    if (!found.some((other) => name.start < other.end && other.start < name.end)) found.push(name)
  }
  const table = listedTable(line, around)
  for (const name of rulesNames(line, around)) add({ ...name, ...(table ? { table } : {}) })
  for (const match of line.matchAll(CHAIN)) {
    if (table !== undefined || match[0].includes('-') || match[0].includes('_')) {
      add({ kind: 'chain', text: match[0], ...at(match.index, match[0]), ...(table ? { table } : {}) })
    }
  }
  for (const match of line.matchAll(ADDRESS)) add({ kind: 'address', text: match[0], ...at(match.index, match[0]) })
  for (const node of around.nodes) {
    for (let start = line.indexOf(node); start >= 0; start = line.indexOf(node, start + 1)) {
      if (!/[\w.-]/.test(line[start - 1] ?? ' ') && !/[\w-]/.test(line[start + node.length] ?? ' '))
        add({ kind: 'node', text: node, ...at(start, node) })
    }
  }
  const row = tableRow(line, around)
  for (const match of line.matchAll(POD)) {
    add({ kind: 'pod', text: match[0], ...at(match.index, match[0]), ...(row?.namespace ? { namespace: row.namespace } : {}) })
  }
  for (const match of line.matchAll(COMMENT)) {
    const start = match.index + match[0].length - match[2]!.length
    add({ kind: 'service', text: match[2]!, namespace: match[1]!, ...at(start, match[2]!) })
  }
  if (row?.service)
    add({ kind: 'service', text: row.name, ...at(row.start, row.name), ...(row.namespace ? { namespace: row.namespace } : {}) })
  return found.sort((a, b) => a.start - b.start)
}

/** In a listing of rules: the chain a line is about, and the target of its rule. */
function rulesNames(line: string, around: Surroundings): FoundName[] {
  const about = ruleLine(line, around)
  if (!about) return []
  const { chain, rule, target } = about
  const number = rule?.query.rule
  const of = (asks: readonly (HitQuestion | undefined)[]) => ({ asks: asks.filter((ask) => ask !== undefined) })
  const own = /^(?:Chain |-[NP] |:|(?:\[\d+:\d+\] )?-A )/.exec(line)?.[0].length
  const named = chain && own !== undefined && line.startsWith(chain.query.chain, own) ? chain.query.chain : undefined
  return [
    ...(named && own !== undefined ? [{ kind: 'chain' as const, text: named, ...at(own, named), ...of([chain, rule]) }] : []),
    ...(target?.chain
      ? [{ kind: 'chain' as const, text: target.text, ...at(target.start, target.text), ...of([target.chain, rule]) }]
      : []),
    ...(target && !target.chain && rule && number !== undefined
      ? [
          {
            kind: 'rule' as const,
            text: target.text,
            ...at(target.start, target.text),
            rule: { chain: rule.query.chain, number },
            ...of([rule]),
          },
        ]
      : []),
  ]
}

const at = (start: number, text: string) => ({ start, end: start + text.length })

/** The table a line of iptables output is from; undefined outside such output. */
function listedTable(line: string, around: Surroundings): string | undefined {
  const command = commandAbove(line, around)
  if (!command || !/\bip6?tables/.test(command)) return undefined
  return /(?:-t|--table)[ =]?([a-z]+)/.exec(command)?.[1] ?? 'filter'
}

/** What a row of a `kubectl get` table of Services, Endpoints or Pods says about its first name. */
function tableRow(line: string, around: Surroundings) {
  if (!/^[a-z0-9]/.test(line)) return undefined
  for (let back = 1; back <= LOOK_BACK; back++) {
    const above = around.above(back)
    if (above === undefined || above.trim() === '' || PROMPT.test(above)) return undefined
    if (!/^NAME(SPACE)?\s/.test(above)) continue
    const wide = above.startsWith('NAMESPACE')
    const cells = line.split(/\s{2,}/)
    const name = (wide ? cells[1] : cells[0])?.trim() ?? ''
    const namespace = wide ? cells[0] : namespaceOf(commandAbove(line, around))
    const service = /\s(CLUSTER-IP|ENDPOINTS)\s/.test(above) && !/\sADDRESSTYPE\s/.test(above) && name !== ''
    return { name, namespace, service, start: wide ? line.indexOf(name, cells[0]!.length) : 0 }
  }
  return undefined
}

function namespaceOf(command: string | undefined): string | undefined {
  return /\s(?:-n|--namespace)[ =]?([a-z0-9-]+)/.exec(command ?? '')?.[1]
}

/** The commands worth running about a name: the first is what a Ctrl+click runs. */
export function commandsFor(name: FoundName): readonly string[] {
  const where = name.namespace ? `-n ${name.namespace}` : undefined
  const { family, query } = name.asks?.[0] ?? {}
  const tables = `${family === 6 ? 'ip6tables' : 'iptables'}${query?.backend ? `-${query.backend}` : ''} -t ${name.table ?? 'nat'}`
  switch (name.kind) {
    case 'chain':
      return [`${tables} -L ${name.text}`, `${tables} -nvL ${name.text}`, `${tables} -S ${name.text}`]
    case 'rule': {
      const { chain, number } = name.rule ?? { chain: '', number: 1 }
      return [`${tables} -L ${chain} -n -v --line-numbers`, `${tables} -S ${chain} ${number}`]
    }
    case 'address':
      return [
        `kubectl get pods -A -o wide | grep -wF ${name.text}`,
        `kubectl get svc -A | grep -wF ${name.text}`,
        `iptables-save -t nat | grep -wF ${name.text}`,
        `conntrack -L -d ${name.text}`,
      ]
    case 'pod':
      if (!where) return [`kubectl get pods -A -o wide | grep ${name.text}`]
      return [
        `kubectl get pod ${name.text} ${where} -o wide`,
        `kubectl describe pod ${name.text} ${where}`,
        `kubectl logs ${name.text} ${where}`,
      ]
    case 'service':
      if (!where) return [`kubectl get svc -A | grep ${name.text}`, `kubectl get ep -A | grep ${name.text}`]
      return [
        `kubectl get svc ${name.text} ${where}`,
        `kubectl get ep ${name.text} ${where}`,
        `kubectl describe svc ${name.text} ${where}`,
        `iptables-save -t nat | grep ${name.namespace}/${name.text}`,
      ]
    case 'node':
      return [`kubectl get node ${name.text} -o wide`, `ssh ${name.text}`]
  }
}
