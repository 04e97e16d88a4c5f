import { chainwalk } from './chainwalk/chainwalk.ts'
import type { Command } from './command.ts'
import { conntrack } from './conntrack/conntrack.ts'
import { curl } from './curl/curl.ts'
import { dmesg } from './dmesg/dmesg.ts'
import { nano } from './editors/nano.ts'
import { vi } from './editors/vi.ts'
import { flock } from './flock/flock.ts'
import { ip } from './ip/ip.ts'
import { iptables } from './iptables/iptables.ts'
import { iptablesRestore } from './iptables/restore.ts'
import { iptablesSave } from './iptables/save.ts'
import { kubectl } from './kubectl/kubectl.ts'
import { nc } from './nc/nc.ts'
import { nfacct } from './nfacct/nfacct.ts'
import { ping } from './ping/ping.ts'
import { ss } from './ss/ss.ts'
import { ssh } from './ssh/ssh.ts'
import { awk } from './system/awk/awk.ts'
import { cat } from './system/cat.ts'
import { md5sum, sha1sum, sha256sum } from './system/checksums.ts'
import { clear } from './system/clear.ts'
import { column } from './system/column.ts'
import { comm } from './system/comm.ts'
import { cut } from './system/cut.ts'

import { expr } from './system/expr.ts'
import { fold } from './system/fold.ts'
import { getent } from './system/getent/getent.ts'
import { grep } from './system/grep/grep.ts'
import { head } from './system/head.ts'
import { history } from './system/history.ts'
import { hostname, id, uname, whoami } from './system/identity.ts'
import { join } from './system/join.ts'
import { ls } from './system/ls.ts'
import { nl } from './system/nl.ts'
import { od } from './system/od.ts'
import { less, more } from './system/pager.ts'
import { paste } from './system/paste.ts'
import { rev } from './system/rev.ts'
import { sed } from './system/sed/sed.ts'
import { seq } from './system/seq.ts'
import { sleep } from './system/sleep.ts'
import { sort } from './system/sort.ts'
import { sudo } from './system/sudo.ts'
import { sysctl } from './system/sysctl.ts'
import { tac } from './system/tac.ts'
import { tail } from './system/tail.ts'
import { tar } from './system/tar.ts'
import { tee } from './system/tee.ts'
import { timeout } from './system/timeout.ts'
import { tr } from './system/tr.ts'
import { UNEMULATED } from './system/unemulated.ts'
import { uniq } from './system/uniq.ts'
import { wc } from './system/wc.ts'
import { which } from './system/which.ts'
import { xargs } from './system/xargs.ts'
import { tcpdump } from './tcpdump/tcpdump.ts'
import { watch } from './watch/watch.ts'
import { xtablesMonitor } from './xtables-monitor/xtables-monitor.ts'

/** Every program that a machine can run; one line each, in alphabetical order. */
export const COMMANDS: readonly Command[] = [
  awk,
  cat,
  chainwalk,
  clear,
  column,
  comm,
  conntrack,
  curl,
  cut,
  dmesg,
  flock,
  expr,
  fold,
  getent,
  grep,
  head,
  history,
  hostname,
  id,
  ip,
  iptables,
  iptablesRestore,
  iptablesSave,
  join,
  kubectl,
  less,
  ls,
  md5sum,
  more,
  nano,
  nc,
  nfacct,
  nl,
  od,
  paste,
  ping,
  rev,
  sed,
  seq,
  sha1sum,
  sha256sum,
  sleep,
  sort,
  ss,
  ssh,
  sudo,
  sysctl,
  tac,
  tail,
  tar,
  tcpdump,
  tee,
  timeout,
  tr,
  uname,
  uniq,
  vi,
  watch,
  wc,
  which,
  whoami,
  xargs,
  xtablesMonitor,
]

export { UNEMULATED }

const byName = new Map<string, Command>()
// What is emulated wins over what is only known to exist.
for (const command of [...UNEMULATED, ...COMMANDS])
  for (const name of [command.name, ...(command.aliases ?? [])]) byName.set(name, command)

/** The program called `name` ("iptables", or "/usr/sbin/iptables"), if there is one. */
export function findCommand(name: string): Command | undefined {
  return byName.get(name) ?? byName.get(name.slice(name.lastIndexOf('/') + 1))
}
