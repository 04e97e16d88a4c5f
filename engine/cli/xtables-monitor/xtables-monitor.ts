import { dialectOf } from '../../net/netfilter/dialect.ts'
import { namesFromFiles } from '../../net/netfilter/names.ts'
import { type Command, type CommandContext, notEmulated } from '../command.ts'
import { getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { waitFor } from '../waiting.ts'
import { MONITOR_FLAGS, USAGE } from './flags.ts'
import { type MonitorEnv, traceLines, wordingOf } from './lines.ts'

async function run(context: CommandContext): Promise<number> {
  const { stdout, stderr, machine } = context
  const { version } = machine.iptables
  // Only an nft socket opens this: anybody else is turned away before options are looked at.
  if (context.user.uid !== 0) {
    stderr.write('cannot bind to nfnetlink socket: Operation not permitted\n')
    return 1
  }
  const given = getopt(context.argv.slice(1), MONITOR_FLAGS)
  if (given.error !== undefined) {
    stderr.write(`xtables-monitor ${version}: Bad argument.\nTry \`xtables-monitor -h' for more information.\n`)
    return 2
  }
  const has = (name: string) => optionValue(given, name) !== undefined
  if (has('help') || (!has('trace') && !has('event') && !has('version'))) {
    stdout.write(`xtables-monitor ${version}${version === '1.8.7' ? '' : ' (nf_tables)'}\n${USAGE}`)
    return 1
  }
  if (has('version')) {
    stdout.write(`xtables-monitor ${version}\n`)
    return 0
  }
  const unknown = notEmulatedOption(given)
  if (unknown !== undefined) return notEmulated(context, unknown)
  const { fs, netns } = machine
  const env: MonitorEnv = {
    dialect: dialectOf(`${version}/nft`),
    names: namesFromFiles((path) => (fs.exists(path) ? fs.read(path) : '')),
    wording: wordingOf(version),
    table: (family, name) => netns.netfilter.table(family, 'nft', name),
  }
  const only = given.options.findLast((o) => o.flag.short === '4' || o.flag.short === '6')?.flag.short
  // Handles count from the table as it stands; what was deleted earlier left no trace of its numbers here.
  context.mark('modelled')
  const stop = netns.net.taps.trace(netns, (event) => {
    if (only === undefined || only === String(event.skb.packet.family)) stdout.write(traceLines(event, env))
  })
  await waitFor(context, [], () => false)
  stop()
  return 0
}

/** xtables-monitor: what nft says of packets that -j TRACE has marked. */
export const xtablesMonitor: Command = {
  name: 'xtables-monitor',
  path: '/usr/sbin/xtables-monitor',
  flags: MONITOR_FLAGS,
  on: 'node',
  run,
}
