import { MAIN_OPTIONS } from '../../net/netfilter/command-options.data.ts'
import type { Flag } from '../command.ts'

const ACCEPTED: Readonly<Record<string, string>> = {
  modprobe: 'every module is there',
}

/** iptables' own flags; those of matches and targets belong to their descriptors in net/netfilter. */
export const IPTABLES_FLAGS: readonly Flag[] = MAIN_OPTIONS.map(([long, short, has]): Flag => {
  const reason = ACCEPTED[long]
  return {
    long,
    ...(short === '0' ? {} : { short }),
    ...(has === 0 ? {} : { value: 'VALUE' }),
    ...(has === 2 ? { valueOptional: true } : {}),
    ...(reason === undefined ? { status: 'emulated' } : { status: 'accepted', reason }),
    suite: 'iptables',
  } as Flag
})
