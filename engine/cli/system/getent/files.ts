import { ipFamily } from '../../../base/ip.ts'
import type { CommandContext } from '../../command.ts'

/** One database that is a file: its lines as getent prints them, all or by key (getent.c, nss_files). */
export interface FileDatabase {
  all(context: CommandContext): readonly string[]
  find(context: CommandContext, key: string): string | undefined
}

export function textOf({ machine }: CommandContext, path: string): string {
  return machine.fs.exists(path) ? machine.fs.read(path) : ''
}

/** Rows of words, without comments. */
export function rows(context: CommandContext, path: string): readonly string[][] {
  return textOf(context, path)
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter((row) => row.length > 1)
}

/** passwd and group: lines of fields; a key of digits is an id, anything else a name. */
function accounts(path: string, fields: number): FileDatabase {
  const all = (context: CommandContext) =>
    textOf(context, path)
      .split('\n')
      .map((line) => line.split(':'))
      .filter((row) => row.length >= fields && row[0] !== '' && /^\d+$/.test(row[2] ?? ''))
  return {
    all: (context) => all(context).map((row) => row.join(':')),
    find: (context, key) =>
      all(context)
        .find(([name, , id]) => (/^\d+$/.test(key) ? Number(id) === Number(key) : name === key))
        ?.join(':'),
  }
}

const line = ([name = '', value = '', ...aliases]: readonly string[]) => [`${name.padEnd(21)} ${value}`, ...aliases].join(' ')

/** services, protocols, networks: a name, a value, other names. */
function named(path: string, matches: (key: string, row: readonly string[]) => boolean): FileDatabase {
  return {
    all: (context) => rows(context, path).map(line),
    find: (context, key) => {
      const found = rows(context, path).find((row) => matches(key, row))
      return found === undefined ? undefined : line(found)
    },
  }
}

const hasName = (key: string, [name, , ...aliases]: readonly string[]) => name === key || aliases.includes(key)

export const FILES: Readonly<Record<string, FileDatabase>> = {
  passwd: accounts('/etc/passwd', 7),
  group: accounts('/etc/group', 4),
  // services_keys: NAME or PORT, with /PROTOCOL or for any.
  services: named('/etc/services', (key, row) => {
    const [wanted = '', protocol] = key.split('/')
    const [port, of] = (row[1] ?? '').split('/')
    return (
      (protocol === undefined || protocol === of) &&
      (/^\d+$/.test(wanted) ? Number(port) === Number(wanted) : hasName(wanted, row))
    )
  }),
  protocols: named('/etc/protocols', (key, row) =>
    /^\d/.test(key) ? Number(row[1]) === Number.parseInt(key, 10) : hasName(key, row),
  ),
  networks: named('/etc/networks', (key, row) => (/^\d/.test(key) ? row[1] === key : hasName(key, row))),
}

/** A host as /etc/hosts has it. */
export interface Host {
  readonly address: string
  readonly names: readonly string[]
}

/** /etc/hosts for one family: IPv4 sees ::1 as 127.0.0.1 and mapped addresses as what they map (files-hosts.c, LINE_PARSER). */
export function hostsFile(context: CommandContext, family: 4 | 6): readonly Host[] {
  return rows(context, '/etc/hosts').flatMap(([written = '', ...names]) => {
    const address = family === 6 ? written : written === '::1' ? '127.0.0.1' : written.replace(/^::ffff:(?=[\d.]+$)/i, '')
    return ipFamily(address) === family ? [{ address, names }] : []
  })
}
