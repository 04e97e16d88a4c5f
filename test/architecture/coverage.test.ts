import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Flag } from '../../engine/cli/command.ts'
import { COMMANDS } from '../../engine/cli/registry.ts'
import { ROOT } from './source.ts'

/** A recorded command line as words; quotes are enough of a shell here. */
function words(line: string): string[] {
  return (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((w) => w.replace(/['"]/g, ''))
}

function lines(file: string): Record<string, unknown>[] {
  const bytes = readFileSync(path.join(ROOT, 'test/golden', file))
  const text = file.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString()
  return text
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l) as Record<string, unknown>)
}

/** Every argv anywhere in a record. */
function argvs(value: unknown): string[][] {
  if (Array.isArray(value)) {
    const strings = value.length > 0 && value.every((v) => typeof v === 'string')
    return strings ? [value as string[]] : value.flatMap(argvs)
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(argvs) : []
}

/** A program that another one runs for a while is what the line is about. */
const inner = (argv: string[]) => (argv[0] === 'timeout' ? argv.slice(2) : argv)

const commandLines = (records: Record<string, unknown>[]) =>
  records.flatMap((r) =>
    typeof r.line === 'string'
      ? r.line
          .split(/[|;]|&&/)
          .map(words)
          .map(inner)
      : argvs(r),
  )

/** The recorded lines of each suite that tools other than kubectl name; kubectl's own suite proves its claims itself. */
const SUITES: Readonly<Record<string, string[][]>> = {
  iptables: commandLines(lines('iptables/cases.jsonl.gz')),
  behaviour: commandLines(lines('behaviour/behaviour.jsonl')),
  conntrack: [
    ...commandLines(lines('behaviour/behaviour.jsonl')),
    ...commandLines(lines('behaviour/conntrack-tool.jsonl.gz')),
    ...commandLines(lines('node/tools.jsonl.gz')),
  ],
  sysctl: commandLines(lines('node/sysctl.jsonl')),
  // Every ss record names processes and backlogs of the recorder's own stubs, so none of them is compared.
  'node-tools': commandLines(lines('node/tools.jsonl.gz')).filter((w) => w[0] !== 'ss'),
  shell: commandLines(
    readdirSync(path.join(ROOT, 'test/golden/shell'))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => lines(`shell/${name}`)),
  ),
}

/** Whether a line gives the flag: long, long with a value, alone or bundled with others. */
function gives(argv: readonly string[], { short, long }: Flag): boolean {
  return argv.some((w) => {
    if (long !== undefined && (w === `--${long}` || w.startsWith(`--${long}=`))) return true
    return short !== undefined && /^-[A-Za-z0-9#]/.test(w) && !w.startsWith('--') && w.slice(1).includes(short)
  })
}

describe('a flag that names a golden suite', () => {
  const claims = COMMANDS.filter((c) => c.name !== 'kubectl').flatMap((command) =>
    command.flags
      .filter((flag) => flag.status === 'emulated' && flag.suite !== undefined && flag.suite !== 'modelled')
      .map((flag) => ({ command, flag })),
  )

  it('makes claims', () => expect(claims.length).toBeGreaterThan(80))

  it('is used by a recorded line of that suite', () => {
    const unproved = claims
      .filter(({ command, flag }) => {
        const names = [command.name, ...(command.aliases ?? [])]
        const own = (SUITES[flag.suite as string] ?? []).filter((argv) => names.includes((argv[0] ?? '').replace(/^.*\//, '')))
        return !own.some((argv) => gives(argv.slice(1), flag))
      })
      .map(({ command, flag }) => `${command.name} ${flag.short ?? ''} ${flag.long ?? ''} (${flag.suite})`)
    expect(unproved).toEqual([])
  })
})
