import { type Command, type CommandContext, NOT_EMULATED_EXIT, notEmulated } from '../../command.ts'
import { FILES } from './files.ts'
import { ahosts, allHosts, hosts } from './hosts.ts'

const TRY = "Try `getent --help' or `getent --usage' for more information.\n"
const UNEMULATED = new Set(['aliases', 'ethers', 'gshadow', 'initgroups', 'netgroup', 'rpc', 'shadow'])
const FAMILIES: Readonly<Record<string, 4 | 6 | undefined>> = { ahosts: undefined, ahostsv4: 4, ahostsv6: 6 }

/** glibc's getent (nss/getent.c): the machine's own name databases, and DNS for hosts. Exits: 1 no such database, 2 no such key. */
export const getent: Command = {
  name: 'getent',
  path: '/usr/bin/getent',
  on: 'node',
  flags: [
    { short: 'i', long: 'no-idn', status: 'accepted', reason: 'names here are ASCII', suite: 'modelled' },
    { short: 'A', long: 'no-addrconfig', status: 'known' },
    { short: 's', long: 'service', value: 'CONFIG', status: 'known' },
    { short: '?', long: 'help', status: 'known' },
    { long: 'usage', status: 'known' },
    { short: 'V', long: 'version', status: 'known' },
  ],
  async run(context) {
    const words: string[] = []
    let options = true
    for (const word of context.argv.slice(1)) {
      if (!options || !/^-./.test(word)) words.push(word)
      else if (word === '--') options = false
      else if (word !== '-i' && word !== '--no-idn') return option(context, word)
    }
    const [database, ...keys] = words
    if (database === undefined) return refuse(context, 'getent: wrong number of arguments', 1)
    if (UNEMULATED.has(database)) return notEmulated(context, database)
    const file = Object.hasOwn(FILES, database) ? FILES[database] : undefined
    const isHosts = database === 'hosts' || Object.hasOwn(FAMILIES, database)
    if (file === undefined && !isHosts) return refuse(context, `Unknown database: ${database}`, 1)
    if (keys.length === 0) {
      if (file === undefined) allHosts(context)
      else for (const line of file.all(context)) context.stdout.write(`${line}\n`)
      return 0
    }
    let result = 0
    for (const key of keys) {
      const found = file?.find(context, key)
      if (found !== undefined) context.stdout.write(`${found}\n`)
      const exit = file === undefined ? await host(context, database, key) : found === undefined ? 2 : 0
      if (exit === NOT_EMULATED_EXIT) return exit
      if (exit !== 0) result = exit
    }
    return result
  },
}

function host(context: CommandContext, database: string, key: string): Promise<number> {
  return database === 'hosts' ? hosts(context, key) : ahosts(context, key, FAMILIES[database])
}

function option(context: CommandContext, word: string): number {
  const name = word.split('=')[0] as string
  if (word.startsWith('--')) {
    if (['--no-addrconfig', '--service', '--help', '--usage', '--version'].includes(name)) return notEmulated(context, name)
    return refuse(context, `getent: unrecognized option '${name}'`, 64)
  }
  const letter = [...word.slice(1)].find((each) => each !== 'i') ?? 'i'
  if ('As?Vi'.includes(letter)) return notEmulated(context, word)
  return refuse(context, `getent: invalid option -- '${letter}'`, 64)
}

/** argp's way with wrong words. */
function refuse(context: CommandContext, words: string, exit: number): number {
  context.stderr.write(`${words}\n${TRY}`)
  return exit
}
