import { type Command, type CommandContext, notEmulated } from '../command.ts'

/** Options of ssh(1) that take a value. */
const WITH_VALUE = new Set([...'BbcDEeFIiJLlmOopQRSWw'])
const EMULATED = 'tTqnlopvx46'
const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]
           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]
           [-e escape_char] [-F configfile] [-I pkcs11] [-i identity_file]
           [-J destination] [-L address] [-l login_name] [-m mac_spec]
           [-O ctl_cmd] [-o option] [-P tag] [-p port] [-Q query_option]
           [-R address] [-S ctl_path] [-W host:port]
           [-w local_tun[:remote_tun]] destination [command [argument ...]]
`

/** Between the nodes root logs in with keys, as on the labs' clusters. */
export const ssh: Command = {
  name: 'ssh',
  path: '/usr/bin/ssh',
  on: 'node',
  flags: [
    { short: 't', status: 'accepted', reason: 'commands print the same with and without a terminal here', suite: 'modelled' },
    { short: 'T', status: 'accepted', reason: 'commands print the same with and without a terminal here', suite: 'modelled' },
    { short: 'q', status: 'accepted', reason: 'no warnings are printed here', suite: 'modelled' },
    { short: 'o', value: 'option', status: 'accepted', reason: 'keys and known hosts are in order between the nodes' },
    { short: 'l', value: 'login_name', status: 'emulated', suite: 'modelled' },
    { short: 'p', value: 'port', status: 'emulated', suite: 'modelled' },
  ],
  async run(context) {
    const parsed = parse(context)
    if ('exit' in parsed) return parsed.exit
    const { destination, command, options } = parsed
    const at = destination.lastIndexOf('@')
    const user = options.get('l') ?? (at < 0 ? context.user.name : destination.slice(0, at))
    const host = destination.slice(at + 1)
    if (user !== 'root') return notEmulated(context, `logging in as ${user}`)
    const port = options.get('p') ?? '22'
    const machine = context.machine.reach(host)
    if (machine === undefined) {
      const numeric = /^[\d.]+$|:/.test(host)
      context.stderr.write(
        numeric
          ? `ssh: connect to host ${host} port ${port}: No route to host\r\n`
          : `ssh: Could not resolve hostname ${host}: Name or service not known\r\n`,
      )
      return 255
    }
    if (port !== '22') {
      context.stderr.write(`ssh: connect to host ${host} port ${port}: Connection refused\r\n`)
      return 255
    }
    context.mark('modelled')
    if (command.length > 0) return context.run(['bash', '-c', command.join(' ')], { machine, stdin: await pipedInput(context) })
    if (context.enterShell !== undefined && context.stdin.isTty) {
      context.enterShell({ machine, host, kind: 'ssh', program: 'bash' })
      return 0
    }
    if (!context.stdin.isTty) return context.run(['bash'], { machine, stdin: await context.stdin.text() })
    return notEmulated(context, 'a login shell whose output is not the terminal')
  },
  complete(_words, _index, { machine }) {
    const hosts = machine.fs.exists('/etc/hosts') ? machine.fs.read('/etc/hosts') : ''
    return hosts
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .flatMap((line) => line.trim().split(/\s+/).slice(1))
  },
}

async function pipedInput(context: CommandContext): Promise<string> {
  return context.stdin.isTty ? '' : context.stdin.text()
}

type Parsed =
  | { readonly exit: number }
  | { readonly destination: string; readonly command: readonly string[]; readonly options: ReadonlyMap<string, string> }

function parse(context: CommandContext): Parsed {
  const words = context.argv.slice(1)
  const options = new Map<string, string>()
  while (words[0]?.startsWith('-')) {
    const word = words.shift() as string
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] as string
      if (!/[\w]/.test(letter) || (!WITH_VALUE.has(letter) && !'46AaCfGgKkMNnqsTtVvXxYy'.includes(letter))) {
        context.stderr.write(`unknown option -- ${letter}\n${USAGE}`)
        return { exit: 255 }
      }
      if (!EMULATED.includes(letter)) return { exit: notEmulated(context, `-${letter}`) }
      if (!WITH_VALUE.has(letter)) continue
      const value = word.slice(i + 1) || words.shift()
      if (value === undefined) {
        context.stderr.write(`option requires an argument -- ${letter}\n${USAGE}`)
        return { exit: 255 }
      }
      options.set(letter, value)
      break
    }
  }
  const destination = words.shift()
  if (destination === undefined) {
    context.stderr.write(USAGE)
    return { exit: 255 }
  }
  return { destination, command: words, options }
}
