import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

export interface RealKubectl {
  readonly path: string
  /** "1.32.4" */
  readonly version: string
  readonly minor: number
}

/** The kubectl to test with: CHAINWALK_KUBECTL, the one on PATH, or Debian's where CHAINWALK_LIVE=apt asks for it. */
export function findKubectl(): RealKubectl | undefined {
  const given = process.env.CHAINWALK_KUBECTL
  if (given !== undefined) return asked(given)
  const here = onPath()
  if (here !== undefined || process.env.CHAINWALK_LIVE !== 'apt') return here
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'kubernetes-client'], { stdio: 'ignore', timeout: 300_000 })
  return onPath()
}

function onPath(): RealKubectl | undefined {
  const { stdout } = spawnSync('bash', ['-c', 'command -v kubectl'], { encoding: 'utf8' })
  return stdout.trim() === '' ? undefined : asked(stdout.trim())
}

function asked(path: string): RealKubectl | undefined {
  const { stdout } = spawnSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8', timeout: 20_000 })
  try {
    const { gitVersion } = (JSON.parse(stdout) as { clientVersion: { gitVersion: string } }).clientVersion
    const [, version = '', minor = ''] = /^v(1\.(\d+)\.\d+)/.exec(gitVersion) ?? []
    return version === '' ? undefined : { path, version, minor: Number(minor) }
  } catch {
    return undefined
  }
}

export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** A home whose kubectl is the real one and whose kubeconfig leads to the served cluster; each line runs in an empty folder. */
export class KubectlHome {
  private readonly folder: string
  private next = 0

  constructor(folder: string, kubectl: string) {
    this.folder = folder
    mkdirSync(join(folder, 'bin'))
    symlinkSync(kubectl, join(folder, 'bin', 'kubectl'))
  }

  run(line: string): Promise<Ran> {
    const cwd = mkdtempSync(join(this.folder, `cwd${this.next++}-`))
    const env = {
      HOME: this.folder,
      KUBECONFIG: join(this.folder, 'kubeconfig'),
      PATH: `${join(this.folder, 'bin')}:/usr/bin:/bin`,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
    }
    return new Promise((resolve) => {
      const child = execFile(
        'bash',
        ['-c', line],
        { cwd, env, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
        (error, stdout, stderr) => {
          rmSync(cwd, { recursive: true, force: true })
          resolve({ stdout, stderr, exit: error === null ? 0 : typeof error.code === 'number' ? error.code : 124 })
        },
      )
      child.stdin?.end()
    })
  }
}
