import { ipFamily } from '../../../base/ip.ts'
import { type CommandContext, notEmulated } from '../../command.ts'
import { resolveName } from '../../resolve.ts'
import { type Host, hostsFile } from './files.ts'

const shown = ({ address, names }: Host) => `${address.padEnd(15)} ${names.join(' ')}\n`

/** The hosts of a name in /etc/hosts: every address under the first line's name, the others as aliases (gethostbyname2 with "multi on"). */
function named(context: CommandContext, name: string, family: 4 | 6): readonly Host[] {
  const wanted = name.toLowerCase()
  const found = hostsFile(context, family).filter(({ names }) => names.some((n) => n.toLowerCase() === wanted))
  const names = [...new Set(found.flatMap((host) => host.names))]
  return [...new Set(found.map(({ address }) => address))].map((address) => ({ address, names }))
}

/** gethostent: the IPv4 half of /etc/hosts. */
export function allHosts(context: CommandContext): void {
  for (const host of hostsFile(context, 4)) context.stdout.write(shown(host))
}

/** `getent hosts KEY`: an address's names, or a name's IPv6 addresses, or where there are none its IPv4 ones (hosts_keys). */
export async function hosts(context: CommandContext, key: string): Promise<number> {
  const family = ipFamily(key)
  if (family !== undefined) {
    const found = hostsFile(context, family).find(({ address }) => address === key)
    if (found === undefined) return notEmulated(context, 'the name of an address that /etc/hosts does not have')
    context.stdout.write(shown(found))
    return 0
  }
  if (/^[\d.]+$/.test(key)) return notEmulated(context, 'an address of fewer than four numbers')
  if (key === '') return 2
  for (const each of [6, 4] as const) {
    const local = named(context, key, each)
    const found = local.length > 0 ? undefined : await resolveName(context, key, each)
    const answers = found?.kind === 'found' ? found.addresses.map((address) => ({ address, names: [found.name] })) : local
    for (const host of answers) context.stdout.write(shown(host))
    if (answers.length > 0) return 0
  }
  return 2
}

/** `getent ahosts[v4|v6] KEY`: what getaddrinfo(3) gives, each address for each kind of socket (ahosts_keys_int). */
export async function ahosts(context: CommandContext, key: string, family: 4 | 6 | undefined): Promise<number> {
  if (key === '') return 2
  const literal = ipFamily(key)
  if (literal === undefined && /^[\d.]+$/.test(key)) return notEmulated(context, 'an address of fewer than four numbers')
  if (literal === 6 && family === 4) return 2
  // AI_V4MAPPED
  const first = await resolveName(context, key, literal === undefined ? family : undefined)
  const found = first.kind !== 'found' && family === 6 ? await resolveName(context, key, 4) : first
  if (found.kind !== 'found') return 2
  const local = [...hostsFile(context, 6), ...hostsFile(context, 4)].find(
    ({ address, names }) => found.addresses.includes(address) && names.some((n) => n.toLowerCase() === key.toLowerCase()),
  )
  let name = local?.names[0] ?? found.name
  for (const address of found.addresses) {
    const text = family === 6 && ipFamily(address) === 4 ? `::ffff:${address}` : address
    for (const kind of ['STREAM', 'DGRAM', 'RAW']) {
      context.stdout.write(`${text.padEnd(15)} ${kind.padEnd(6)} ${name}\n`)
      name = ''
    }
  }
  return 0
}
