import type { ApiClient } from '../../engine/apiserver/client.ts'
import { decodeUtf8, encodeUtf8 } from '../../engine/base/utf8.ts'
import type { CommandContext } from '../../engine/cli/command.ts'
import { kubectl } from '../../engine/cli/kubectl/kubectl.ts'
import type { Clock } from '../../engine/clock/clock.ts'
import { FsError } from '../../engine/cluster/fs.ts'
import { kubeconfigText } from '../../engine/cluster/kubeconfig.ts'

/** Splits a command line into words as bash does for the quoting the recordings use. */
export function words(line: string): string[] {
  const out: string[] = []
  for (const match of line.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g)) {
    out.push(
      match[0].replace(
        /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
        (_, single, double, bare) => single ?? bare ?? double.replace(/\\(["\\$`])/g, '$1'),
      ),
    )
  }
  return out
}

export interface KubectlRun {
  readonly client: ApiClient
  readonly clock: Clock
  readonly server: string
  readonly stdin?: string
  /** kubectl's own version. */
  readonly version?: string
  readonly files?: Record<string, string>
}

/** Runs one kubectl command line against an API client, without a cluster or a shell around it. */
export async function runKubectl(line: string, options: KubectlRun): Promise<{ stdout: string; stderr: string; exit: number }> {
  const files: Record<string, string> = {
    '/root/.kube/config': kubeconfigText(options.server),
    '/dev/null': '',
    ...options.files,
  }
  let stdout = ''
  let stderr = ''
  const file = (path: string) => {
    if (files[path] === undefined) throw new FsError('ENOENT', path)
    return { type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, content: files[path] }
  }
  const context = {
    argv: words(line),
    env: { HOME: '/root' },
    cwd: '/tmp',
    user: { name: 'root', uid: 0, gid: 0, home: '/root' },
    stdin: { isTty: false, text: async () => encodeUtf8(options.stdin ?? ''), line: async () => undefined },
    stdout: {
      write: (text: string) => {
        stdout += text
      },
    },
    stderr: {
      write: (text: string) => {
        stderr += text
      },
    },
    machine: {
      fs: {
        exists: (path: string) => files[path] !== undefined,
        read: (path: string) => file(path).content,
        stat: file,
        write: (path: string, text: string) => {
          files[path] = text
        },
      },
      profile: { kubectl: options.version ?? '1.35.4', kubernetes: '1.35.4' },
      clock: options.clock,
      api: () => options.client,
      reach: () => undefined,
    },
    clock: options.clock,
    signal: { aborted: false, onAbort: () => () => {} },
    sleep: async (ms: number) => void options.clock.advanceTo(options.clock.now + ms),
    mark: () => {},
    run: async () => 0,
  } as unknown as CommandContext
  const exit = await kubectl.run(context)
  return { stdout: decodeUtf8(stdout), stderr: decodeUtf8(stderr), exit }
}
