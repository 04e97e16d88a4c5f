import { cidrContains, ipFamily, parseCidr } from '../../base/ip.ts'
import type { NudState } from '../../net/neighbour.ts'
import type { Netns } from '../../net/netns.ts'
import { Args, command } from './args.ts'
import { kernel, NotEmulatedHere, syntax } from './error.ts'
import type { IpStyle } from './view.ts'

const STATES: readonly NudState[] = ['PERMANENT', 'REACHABLE', 'STALE', 'NOARP', 'FAILED', 'INCOMPLETE', 'NONE']

/** `ip neigh …` */
export function neighCommand(ns: Netns, words: readonly string[], style: IpStyle, root: boolean): string {
  const args = new Args(words)
  const verb = args.next()
  if (verb === 'help') throw new NotEmulatedHere('neigh help')
  const name =
    verb === undefined
      ? 'show'
      : command(verb, ['add', 'change', 'chg', 'replace', 'delete', 'get', 'show', 'list', 'lst', 'ls', 'flush'])
  if (name === undefined) throw syntax(`Command "${verb}" is unknown, try "ip neigh help".`)
  if (['show', 'list', 'lst', 'ls'].includes(name)) return show(ns, args, style)
  if (name === 'get') throw new NotEmulatedHere('neigh get')
  if (name === 'flush') {
    const options = selector(args)
    if (options.dev === undefined && options.to === undefined && options.nud === undefined)
      throw syntax('Flush requires arguments.', 1)
    for (const n of ns.listNeighbours())
      if (fits(n, options) && n.state !== 'PERMANENT' && n.state !== 'NOARP') ns.removeNeighbour(n.dev, n.address)
    return ''
  }
  edit(ns, args, name, root)
  return ''
}

interface Selector {
  dev?: string
  to?: string
  nud?: string
  lladdr?: string
}

function selector(args: Args): Selector {
  const found: Selector = {}
  for (let word = args.next(); word !== undefined; word = args.next()) {
    if (word === 'dev') found.dev = args.need()
    else if (word === 'nud') found.nud = args.need().toUpperCase()
    else if (word === 'lladdr') found.lladdr = args.need()
    else if (word === 'proxy' || word === 'unused' || word === 'vrf') throw new NotEmulatedHere(`neigh ${word}`)
    else if (word !== 'to') found.to = word
  }
  if (found.nud !== undefined && !STATES.includes(found.nud as NudState) && found.nud !== 'ALL')
    throw syntax(`Error: argument "${found.nud.toLowerCase()}" is wrong: nud state is bad\n`)
  return found
}

function fits(n: { readonly address: string; readonly dev: string; readonly state: NudState }, s: Selector): boolean {
  const range = s.to === undefined ? undefined : parseCidr(s.to)
  return (
    (s.dev === undefined || n.dev === s.dev) &&
    (range === undefined || cidrContains(range, n.address)) &&
    (s.nud === undefined || s.nud === 'ALL' || n.state === s.nud)
  )
}

function show(ns: Netns, args: Args, style: IpStyle): string {
  const s = selector(args)
  if (s.dev !== undefined && ns.link(s.dev) === undefined) throw syntax(`Cannot find device "${s.dev}"`, 1)
  return ns
    .listNeighbours()
    .filter((n) => fits(n, s) && (style.family === undefined || ipFamily(n.address) === style.family))
    .map(
      (n) =>
        `${n.address}${s.dev === undefined ? ` dev ${n.dev}` : ''}${n.mac === undefined ? '' : ` lladdr ${n.mac}`} ${n.state} \n`,
    )
    .join('')
}

function edit(ns: Netns, args: Args, verb: string, root: boolean): void {
  const s = selector(args)
  if (s.dev === undefined || s.to === undefined) throw syntax('Device and destination are required arguments.')
  if (ns.link(s.dev) === undefined) throw syntax(`Cannot find device "${s.dev}"`, 1)
  if (ipFamily(s.to) === undefined) throw syntax(`Error: inet address is expected rather than "${s.to}".`, 1)
  if (!root) throw kernel('RTNETLINK answers: Operation not permitted')
  const known = ns.neighbour(s.dev, s.to)
  if (verb === 'delete') {
    if (known === undefined) throw kernel('RTNETLINK answers: No such file or directory')
    ns.removeNeighbour(s.dev, s.to)
    return
  }
  if (verb === 'add' && known !== undefined) throw kernel('RTNETLINK answers: File exists')
  if ((verb === 'change' || verb === 'chg') && known === undefined) throw kernel('RTNETLINK answers: No such file or directory')
  const mac = s.lladdr ?? known?.mac
  const state = (s.nud ?? 'PERMANENT') as NudState
  ns.setNeighbour({
    address: s.to,
    dev: s.dev,
    state,
    since: ns.net.clock.now,
    waiting: [],
    ...(mac === undefined ? {} : { mac }),
  })
}
