import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Outcome } from '../support/iptables-runner.ts'

export interface Step {
  readonly argv: readonly string[]
  readonly stdin?: string
}

export interface RealTool {
  readonly version: string
  readonly backend: 'nft' | 'legacy'
  /** "1.8.9/nft" */
  readonly key: string
}

const ENV = { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C', TZ: 'UTC' }
const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

/** The steps in one new network namespace, which goes with them. Undefined where the machine does not let us make one. */
export function inNamespace(steps: readonly Step[], backend: 'nft' | 'legacy'): readonly Outcome[] | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'chainwalk-live-'))
  try {
    const script = steps.map(({ argv, stdin }, i) => {
      const [program = '', ...words] = argv
      // "iptables-save" is "iptables-nft-save" of a backend; argv[0] stays what a user types.
      const real = program.replace(/^(ip6?tables)/, `$1-${backend}`)
      writeFileSync(path.join(folder, `${i}.in`), stdin ?? '', 'latin1')
      const run = `exec -a ${quote(program)} ${quote(real)} ${words.map(quote).join(' ')}`
      return `(${run}) <${i}.in >${i}.out 2>${i}.err; echo $? >${i}.exit`
    })
    writeFileSync(path.join(folder, 'run.sh'), `${script.join('\n')}\n`, 'latin1')
    const env = { ...ENV, XTABLES_LOCKFILE: path.join(folder, 'lock') }
    const done = spawnSync('unshare', ['--net', 'bash', 'run.sh'], { cwd: folder, env, timeout: 60_000 })
    if (done.status !== 0) return undefined
    const read = (name: string) => readFileSync(path.join(folder, name), 'latin1')
    return steps.map((_, i) => ({ stdout: read(`${i}.out`), stderr: read(`${i}.err`), exit: Number(read(`${i}.exit`)) }))
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The machine's own tools that can be asked, or why there are none. */
export function realTools(): readonly RealTool[] | string {
  if (process.platform !== 'linux') return `this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'not root'
  if (spawnSync('unshare', ['--net', 'true']).status !== 0) return 'no network namespace can be made here'
  const tools: RealTool[] = []
  for (const backend of ['nft', 'legacy'] as const) {
    const banner = spawnSync(`iptables-${backend}`, ['-V'], { encoding: 'utf8' })
    const version = /v(\d+\.\d+\.\d+)/.exec(banner.stdout ?? '')?.[1]
    if (banner.status !== 0 || version === undefined) continue
    // A kernel without the backend's modules, or a container without the right, is no tool to compare with.
    const probe = inNamespace([{ argv: ['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '80', '-j', 'ACCEPT'] }], backend)
    if (probe?.[0]?.exit === 0) tools.push({ version, backend, key: `${version}/${backend}` })
  }
  return tools.length > 0 ? tools : 'no iptables that works in a network namespace'
}

/** The machine's name databases, as the tools will read them. */
export function ownFiles(): ReadonlyMap<string, string> {
  const files = ['/etc/services', '/etc/protocols', '/etc/hosts', '/etc/networks']
  return new Map(files.filter((file) => existsSync(file)).map((file) => [file, readFileSync(file, 'latin1')]))
}
