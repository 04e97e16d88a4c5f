import type { User } from '../cli/command.ts'
import type { MachineFs } from '../cluster/fs.ts'
import { ROOT } from './launch.ts'

/** A user by name or number as /etc/passwd knows it; a number nobody has still makes a user, as setuid(2) allows. */
export function lookupUser(fs: MachineFs, given: string): User | undefined {
  const numeric = /^\d+$/.test(given)
  for (const line of fs.exists('/etc/passwd') ? fs.read('/etc/passwd').split('\n') : []) {
    const [name = '', , uid = '', gid = '', , home = '/'] = line.split(':')
    if (name !== '' && (numeric ? uid === given : name === given)) return { name, uid: Number(uid), gid: Number(gid), home }
  }
  if (given === 'root' || given === '0') return ROOT
  return numeric ? { name: given, uid: Number(given), gid: Number(given), home: '/' } : undefined
}

/** The environment a login gives; the locale and zone are those of the recordings. */
export function loginEnv(user: User, cwd: string): Record<string, string> {
  return {
    HOME: user.home,
    LANG: 'C.UTF-8',
    LOGNAME: user.name,
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    PWD: cwd,
    SHELL: '/bin/bash',
    TERM: 'xterm-256color',
    TZ: 'UTC',
    USER: user.name,
  }
}
