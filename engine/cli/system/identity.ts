import { type Command, type CommandContext, notEmulated } from '../command.ts'

export const hostname: Command = {
  name: 'hostname',
  path: '/usr/bin/hostname',
  on: 'both',
  flags: [
    { short: 's', long: 'short', status: 'emulated', suite: 'modelled' },
    { short: 'f', long: 'fqdn', status: 'known' },
    { short: 'i', long: 'ip-address', status: 'known' },
    { short: 'I', long: 'all-ip-addresses', status: 'emulated', suite: 'modelled' },
  ],
  run(context) {
    const [option, ...more] = context.argv.slice(1)
    const { hostname: name, netns } = context.machine
    if (more.length > 0 || (option !== undefined && !option.startsWith('-'))) return notEmulated(context, 'setting the host name')
    if (option === undefined || option === '-s' || option === '--short') {
      context.stdout.write(`${option === undefined ? name : name.split('.')[0]}\n`)
      return 0
    }
    if (option === '-I' || option === '--all-ip-addresses') {
      const addresses = netns.links.flatMap((link) => (link.name === 'lo' ? [] : link.addresses))
      context.stdout.write(`${addresses.map(({ address }) => `${address} `).join('')}\n`)
      return 0
    }
    if (['-f', '--fqdn', '-i', '--ip-address', '-d', '--domain', '-A'].includes(option)) return notEmulated(context, option)
    context.stderr.write(`hostname: invalid option -- '${option.replace(/^-+/, '').slice(0, 1)}'\n`)
    return 255
  },
}

export const whoami: Command = {
  name: 'whoami',
  path: '/usr/bin/whoami',
  on: 'both',
  flags: [],
  run(context) {
    context.stdout.write(`${context.user.name}\n`)
    return 0
  },
}

export const id: Command = {
  name: 'id',
  path: '/usr/bin/id',
  on: 'both',
  flags: [
    { short: 'u', status: 'emulated', suite: 'modelled' },
    { short: 'g', status: 'emulated', suite: 'modelled' },
    { short: 'n', status: 'emulated', suite: 'modelled' },
    { short: 'G', status: 'known' },
  ],
  run(context) {
    const { name, uid, gid } = context.user
    const options = context.argv.slice(1).join('').replaceAll('-', '')
    const group = uid === 0 ? 'root' : name
    if (options === '') context.stdout.write(`uid=${uid}(${name}) gid=${gid}(${group}) groups=${gid}(${group})\n`)
    else if (/^[un]+$/.test(options) && options.includes('u')) context.stdout.write(`${options.includes('n') ? name : uid}\n`)
    else if (/^[gn]+$/.test(options) && options.includes('g')) context.stdout.write(`${options.includes('n') ? group : gid}\n`)
    else return notEmulated(context, context.argv.slice(1).join(' '))
    return 0
  },
}

/** `uname -r` and the like, from the profile's kernel. */
export const uname: Command = {
  name: 'uname',
  path: '/usr/bin/uname',
  on: 'both',
  flags: ['a', 's', 'n', 'r', 'v', 'm', 'o'].map((short) => ({ short, status: 'emulated' as const, suite: 'modelled' })),
  run(context) {
    const wanted = lettersOf(context)
    if (wanted === undefined) return 1
    const { hostname: name, profile } = context.machine
    const known: Record<string, string> = {
      s: 'Linux',
      n: name,
      r: profile.kernel,
      v: '#1 SMP',
      m: 'x86_64',
      o: 'GNU/Linux',
    }
    const letters = wanted === '' ? 's' : wanted.includes('a') ? 'snrvmo' : wanted
    const shown = [...'snrvmo'].filter((letter) => letters.includes(letter)).map((letter) => known[letter])
    context.stdout.write(`${shown.join(' ')}\n`)
    return 0
  },
}

function lettersOf(context: CommandContext): string | undefined {
  let letters = ''
  for (const word of context.argv.slice(1)) {
    const bad = /^-[asnrvmo]+$/.test(word) ? undefined : word
    if (bad !== undefined) {
      const what = bad.startsWith('-') ? `invalid option -- '${bad.slice(1, 2)}'` : `extra operand '${bad}'`
      context.stderr.write(`uname: ${what}\nTry 'uname --help' for more information.\n`)
      return undefined
    }
    letters += word.slice(1)
  }
  return letters
}
