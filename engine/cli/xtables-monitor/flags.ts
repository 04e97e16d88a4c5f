import type { Flag } from '../command.ts'

const on = (short: string, long: string): Flag => ({ short, long, status: 'emulated', suite: 'modelled' })

/** xtables-monitor's options. */
export const MONITOR_FLAGS: readonly Flag[] = [
  on('t', 'trace'),
  on('4', 'ipv4'),
  on('6', 'ipv6'),
  on('V', 'version'),
  on('h', 'help'),
  { short: 'e', long: 'event', status: 'known' },
  { short: 'c', long: 'counters', status: 'known' },
]

/** What it prints where it is asked for help, or for nothing; the banner stands before it. */
export const USAGE = `Usage: xtables-monitor [ -t | -e ]
        --trace    -t    trace ruleset traversal of packets tagged via -j TRACE rule
        --event    -e    show events that modify the ruleset
Optional arguments:
        --ipv4     -4    only monitor IPv4
        --ipv6     -6    only monitor IPv6
	--counters -c    show counters in rules
`
