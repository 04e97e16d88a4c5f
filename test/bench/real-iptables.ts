import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Seconds of CPU time that the machine's own tool took, by step; or why there is none. */
export type RealFigures = { readonly [step: string]: string } | string

const LIMIT = 15

/** Runs the machine's own iptables over the same rules, in a network namespace made for it. */
export function realIptables(backend: 'legacy' | 'nft', rules: string): RealFigures {
  const tool = `iptables-${backend}`
  if (spawnSync('sh', ['-c', `command -v ${tool}-restore`]).status !== 0) return 'not installed'
  if (process.getuid?.() !== 0) return 'needs root'
  if (spawnSync('sh', ['-c', 'unshare -n true']).status !== 0) return 'no network namespace'
  const folder = mkdtempSync(join(tmpdir(), 'chainwalk-bench-'))
  const steps = [
    ['restore', `${tool}-restore < ${folder}/rules`],
    ['-L', `${tool} -t nat -L -n > /dev/null`],
    ['-S', `${tool} -t nat -S > /dev/null`],
    ['save', `${tool}-save -t nat > /dev/null`],
  ] as const
  try {
    writeFileSync(`${folder}/rules`, rules, 'latin1')
    const script = steps
      .map(([, line]) => `{ time timeout ${LIMIT} sh -c '${line}' 2>/dev/null; } 2>&1 || echo failed`)
      .join('\n')
    writeFileSync(`${folder}/script`, `TIMEFORMAT='%U %S'\n${script}\n`)
    const out = execFileSync('sh', ['-c', `unshare -n bash ${folder}/script`], { encoding: 'utf8' })
    const figures: Record<string, string> = {}
    const lines = out.trim().split('\n')
    for (const [step] of steps) {
      const [user = 0, system = 0] = (lines.shift() ?? '').split(' ').map(Number)
      const failed = lines[0] === 'failed'
      if (failed) lines.shift()
      figures[step] = failed ? `> ${LIMIT} s` : `${(user + system).toFixed(2)} s`
    }
    return figures
  } catch (error) {
    return `could not run: ${(error as Error).message.split('\n')[0]}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
