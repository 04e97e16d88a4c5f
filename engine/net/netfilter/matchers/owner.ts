import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'

function idOption(key: string, what: string) {
  return ({ draft, arg, invert }: OptionUse) => {
    const [low, high] = arg.split('-')
    const bad = () => parameterProblem(`owner: Bad value for "--${what}" option: "${arg}"`)
    // Root is the one name that every machine knows; others would need the machine's passwd.
    const number = (text: string | undefined) => (text === 'root' ? 0 : /^\d+$/.test(text ?? '') ? Number(text) : bad())
    draft[key] = [number(low), high === undefined ? number(low) : number(high)]
    if (invert) draft[`${key}Inv`] = true
  }
}

const range = (value: unknown) => {
  const [low, high] = value as readonly [number, number]
  return low === high ? `${low}` : `${low}-${high}`
}

/** libxt_owner.c, xt_owner.c */
export const owner: Matcher = {
  name: 'owner',
  options: [
    { name: 'uid-owner', arg: true, invert: true, use: idOption('uid', 'uid-owner') },
    { name: 'gid-owner', arg: true, invert: true, use: idOption('gid', 'gid-owner') },
    { name: 'socket-exists', type: { kind: 'none' }, invert: true, key: 'socket' },
  ],
  knownOptions: ['suppl-groups'],
  finish: (draft) => {
    if (draft['uid'] === undefined && draft['gid'] === undefined && draft['socket'] === undefined)
      parameterProblem('owner: At least one of --uid-owner, --gid-owner or --socket-exists is required')
  },
  print: (d) => {
    const parts: string[] = []
    if (d['socket']) parts.push(`${d['socketInv'] ? '! ' : ''}owner socket exists`)
    if (d['uid']) parts.push(`${d['uidInv'] ? '! ' : ''}owner UID match ${range(d['uid'])}`)
    if (d['gid']) parts.push(`${d['gidInv'] ? '! ' : ''}owner GID match ${range(d['gid'])}`)
    return parts.join(' ')
  },
  save: (d) =>
    `${d['socket'] ? `${d['socketInv'] ? ' !' : ''} --socket-exists` : ''}${d['uid'] ? `${d['uidInv'] ? ' !' : ''} --uid-owner ${range(d['uid'])}` : ''}${
      d['gid'] ? `${d['gidInv'] ? ' !' : ''} --gid-owner ${range(d['gid'])}` : ''
    }`,
  refuse: (_, { hooks }) => (hooks.every((hook) => hook === 'OUTPUT' || hook === 'POSTROUTING') ? undefined : 'EINVAL'),
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
