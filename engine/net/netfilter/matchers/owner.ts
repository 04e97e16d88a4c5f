import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'
import type { NameService } from '../names.ts'
import { scanUint } from '../numbers.ts'

/** -1 is no id, so the greatest is one less (owner_parse_range). */
const MAX_ID = 0xfffffffe

/** A name of the machine's own passwd or group, else "FROM[-TO]" in any base (owner_mt_parse). */
function idOption(key: string, what: string, named: (names: NameService, name: string) => number | undefined) {
  return ({ draft, arg, invert, env }: OptionUse) => {
    const bad = () => parameterProblem(`owner: Bad value for "--${what}" option: "${arg}"`)
    const known = named(env.names, arg)
    const low = known === undefined ? (scanUint(arg, MAX_ID) ?? bad()) : { value: known, rest: '' }
    const high = /^[-:]/.test(low.rest) ? (scanUint(low.rest.slice(1), MAX_ID) ?? bad()) : low
    if (high.rest !== '') bad()
    draft[key] = [low.value, high.value]
    if (invert) draft[`${key}Inv`] = true
  }
}

const range = (value: unknown, named?: (id: number) => string | undefined) => {
  const [low, high] = value as readonly [number, number]
  return low === high ? (named?.(low) ?? `${low}`) : `${low}-${high}`
}

const isReversed = (value: unknown) => {
  const [low, high] = (value ?? [0, 0]) as readonly [number, number]
  return low > high
}

/** libxt_owner.c, xt_owner.c */
export const owner: Matcher = {
  name: 'owner',
  options: [
    { name: 'uid-owner', arg: true, invert: true, use: idOption('uid', 'uid-owner', (names, name) => names.userId(name)) },
    { name: 'gid-owner', arg: true, invert: true, use: idOption('gid', 'gid-owner', (names, name) => names.groupId(name)) },
    { name: 'socket-exists', type: { kind: 'none' }, invert: true, key: 'socket' },
  ],
  knownOptions: ['suppl-groups'],
  finish: (draft) => {
    if (draft['uid'] === undefined && draft['gid'] === undefined && draft['socket'] === undefined)
      parameterProblem('owner: At least one of --uid-owner, --gid-owner or --socket-exists is required')
  },
  print: (d, { numeric, names }) => {
    const parts: string[] = []
    const user = numeric ? undefined : names.userName
    const group = numeric ? undefined : names.groupName
    if (d['socket']) parts.push(`${d['socketInv'] ? '! ' : ''}owner socket exists`)
    if (d['uid']) parts.push(`${d['uidInv'] ? '! ' : ''}owner UID match ${range(d['uid'], user)}`)
    if (d['gid']) parts.push(`${d['gidInv'] ? '! ' : ''}owner GID match ${range(d['gid'], group)}`)
    return parts.join(' ')
  },
  save: (d) =>
    `${d['socket'] ? `${d['socketInv'] ? ' !' : ''} --socket-exists` : ''}${d['uid'] ? `${d['uidInv'] ? ' !' : ''} --uid-owner ${range(d['uid'])}` : ''}${
      d['gid'] ? `${d['gidInv'] ? ' !' : ''} --gid-owner ${range(d['gid'])}` : ''
    }`,
  // owner_check
  refuse: (d, { hooks }) =>
    hooks.every((hook) => hook === 'OUTPUT' || hook === 'POSTROUTING') && !isReversed(d['uid']) && !isReversed(d['gid'])
      ? undefined
      : 'EINVAL',
  matches: (d, skb) => {
    const has = (key: string, id: number | undefined) => {
      if (d[key] === undefined) return true
      const [low, high] = d[key] as readonly [number, number]
      return (id !== undefined && id >= low && id <= high) !== (d[`${key}Inv`] === true)
    }
    // Forwarded packets have no socket, the kernel's own have one without a file: what cannot be asked matches inverted (owner_mt).
    if (skb.uid === undefined) {
      const forwarded = skb.iif !== undefined
      if (!forwarded && d['socket'] && d['socketInv'] === true) return false
      const asked = forwarded ? ['socket', 'uid', 'gid'] : ['uid', 'gid']
      return asked.every((key) => d[key] === undefined || d[`${key}Inv`] === true)
    }
    if (d['socket'] && d['socketInv'] === true) return false
    return has('uid', skb.uid) && has('gid', skb.gid)
  },
}
