import { packTar, type TarEntry, unpackTar } from '../../base/tar.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import { FsError } from '../../cluster/fs.ts'
import { defaultContainer } from './containers.ts'
import { fail, KubectlError } from './errors.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { pathOf } from './mapper.ts'
import { runRemote } from './remote-program.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

export const cp: Verb = {
  name: 'cp',
  short: 'Copy files and directories to and from containers',
  use: '<file-spec-src> <file-spec-dest> [options]',
  flags: [flag('container', 'string', { short: 'c' }), flag('no-preserve', 'bool'), flag('retries', 'int', { fallback: '0' })],
  run,
}

interface FileSpec {
  readonly namespace: string
  /** The namespace as it was written, or nothing. */
  readonly given: string
  /** Empty: a file of this machine. */
  readonly pod: string
  readonly file: string
}

/** "[[NAMESPACE/]POD:]PATH". */
function fileSpec(call: Invocation, word: string): FileSpec {
  const at = word.indexOf(':')
  const pieces = word.slice(0, Math.max(0, at)).split('/')
  if (at === 0 || pieces.length > 2) throw fail('filespec must match the canonical format: [[namespace/]pod:]file/path')
  if (at < 0) return { namespace: '', given: '', pod: '', file: word }
  const file = word.slice(at + 1)
  return pieces.length === 2
    ? { namespace: pieces[0] || call.namespace, given: pieces[0] as string, pod: pieces[1] as string, file }
    : { namespace: call.namespace, given: '', pod: pieces[0] as string, file }
}

async function run(call: Invocation): Promise<number | undefined> {
  if (call.args.length !== 2) throw fail('source and destination are required')
  const [source, destination] = call.args.map((word) => fileSpec(call, word)) as [FileSpec, FileSpec]
  if (source.pod !== '' && destination.pod !== '') throw fail('one of src or dest must be a local file specification')
  if (source.file === '' || destination.file === '') throw fail('filepath can not be empty')
  if (source.pod !== '') return fromPod(call, source, destination.file)
  if (destination.pod !== '') return toPod(call, source.file, destination)
  throw fail('one of src or dest must be a remote file specification')
}

/** Runs a program in the pod as `kubectl exec` does. */
async function execute(
  call: Invocation,
  spec: FileSpec,
  command: readonly string[],
  streams: { input?: string; onOutput: (from: 'stdout' | 'stderr', bytes: string) => void; quiet?: boolean },
): Promise<number> {
  const pods = call.mapper.resolve('pods')
  const pod: Obj = call.rest.get(pathOf(pods, spec.namespace, spec.pod))
  const phase = pod.status?.phase
  if (phase === 'Succeeded' || phase === 'Failed')
    throw fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = call.flags.text('container') || defaultContainer(call, pod, streams.quiet)
  const query = [...command.map((c) => `command=${encodeURIComponent(c)}`), `container=${encodeURIComponent(container)}`].join(
    '&',
  )
  const { input, onOutput } = streams
  const stdin = input !== undefined
  return runRemote(call, {
    path: `${pathOf(pods, spec.namespace, spec.pod, 'exec')}?${query}`,
    stdin,
    tty: false,
    onOutput,
    ...(stdin ? { input } : {}),
  })
}

function terminated(call: Invocation, exit: number): number {
  if (exit !== 0 && !call.context.signal.aborted) call.err(`command terminated with exit code ${exit}\n`)
  return exit
}

async function toPod(call: Invocation, local: string, to: FileSpec): Promise<number> {
  const { fs } = call.context.machine
  const path = call.resolve(local)
  if (!fs.exists(path)) throw fail(`${local} doesn't exist in local filesystem`)
  const target = (await isFolder(call, to)) ? `${to.file.replace(/\/+$/, '')}/${base(path)}` : to.file
  const clean = target.replace(/\/+$/, '') || '/'
  const entries: TarEntry[] = []
  gather(call, path, base(clean), entries)
  const at = clean.lastIndexOf('/')
  const folder = at > 0 ? clean.slice(0, at) : at === 0 ? '/' : '.'
  const keep = call.flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner', '-xmf', '-'] : ['-xmf', '-']
  const onOutput = (from: 'stdout' | 'stderr', bytes: string) =>
    (from === 'stdout' ? call.context.stdout : call.context.stderr).write(bytes)
  return terminated(call, await execute(call, to, ['tar', ...keep, '-C', folder], { input: packTar(entries), onOutput }))
}

async function isFolder(call: Invocation, to: FileSpec): Promise<boolean> {
  try {
    return (await execute(call, to, ['test', '-d', to.file], { onOutput: () => {}, quiet: true })) === 0
  } catch (error) {
    // Whatever is wrong, the copy itself will say so.
    if (error instanceof KubectlError || (error as Obj)?.status !== undefined) return false
    throw error
  }
}

/** Files and links below the path, named as they shall be called there; folders only where nothing is in them. */
function gather(call: Invocation, path: string, name: string, out: TarEntry[]): void {
  const { fs } = call.context.machine
  const entry = fs.stat(path, { follow: false })
  const { mode, uid, gid, mtime, type } = entry
  const common = { mode, uid, gid, mtime }
  if (type === 'file') out.push({ ...common, name, type, content: fs.read(path), target: '' })
  else if (type === 'symlink') out.push({ ...common, name, type, content: '', target: entry.target })
  else {
    const children = fs.list(path)
    if (children.length === 0) out.push({ ...common, name: `${name}/`, type, content: '', target: '' })
    for (const child of children) gather(call, `${path === '/' ? '' : path}/${child}`, `${name}/${child}`, out)
  }
}

async function fromPod(call: Invocation, from: FileSpec, local: string): Promise<number> {
  const retries = call.flags.int('retries')
  const command = retries === 0 ? ['tar', 'cf', '-', from.file] : ['sh', '-c', `tar cf - ${from.file} | tail -c+0`]
  let archive = ''
  const exit = await execute(call, from, command, {
    onOutput: (where, bytes) => {
      if (where === 'stdout') archive += bytes
      else call.context.stdout.write(bytes)
    },
  })
  const entries = archive === '' ? [] : unpackTar(archive)
  if (entries === undefined) throw fail('unexpected EOF')
  unpack(call, from, local, entries)
  return terminated(call, exit)
}

/** Writes what came under the destination (untarAll). */
function unpack(call: Invocation, from: FileSpec, local: string, entries: readonly TarEntry[]): void {
  const { fs } = call.context.machine
  const prefix = shortcutsStripped(cleaned(from.file.replace(/^\/+|\/+$/g, '')))
  let warned = false
  for (const entry of entries) {
    if (!entry.name.startsWith(prefix)) throw fail('tar contents corrupted')
    const name = cleaned(`${local}/${entry.name.slice(prefix.length)}`)
    const path = call.resolve(name)
    if (name.split('/')[0] === '..' && !local.startsWith('..')) {
      call.err(`warning: file ${JSON.stringify(name)} is outside target destination, skipping\n`)
      continue
    }
    try {
      const folder = path.slice(0, path.lastIndexOf('/'))
      if (folder !== '') fs.mkdir(folder, { recursive: true })
      if (entry.type === 'dir') fs.mkdir(path, { recursive: true })
      else if (entry.type === 'symlink') {
        const pair = `${JSON.stringify(name)} -> ${JSON.stringify(entry.target)}`
        const hint = ` (consider using "kubectl exec -n ${JSON.stringify(from.given)} ${JSON.stringify(from.pod)} -- tar cf - ${JSON.stringify(from.file)} | tar xf -")`
        call.context.stderr.write(encodeUtf8(`warning: skipping symlink: ${pair}${warned ? '' : hint}\n`))
        warned = true
      } else fs.write(path, entry.content)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      throw fail(
        `open ${name}: ${error.code === 'EISDIR' ? 'is a directory' : error.code === 'ENOTDIR' ? 'not a directory' : 'permission denied'}`,
      )
    }
  }
}

function base(path: string): string {
  const clean = path.replace(/\/+$/, '')
  return clean.slice(clean.lastIndexOf('/') + 1) || '/'
}

/** Go's path.Clean. */
function cleaned(path: string): string {
  const out: string[] = []
  const rooted = path.startsWith('/')
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') out.push(part)
    else if (out.length > 0 && out.at(-1) !== '..') out.pop()
    else if (!rooted) out.push('..')
  }
  return `${rooted ? '/' : ''}${out.join('/')}` || (rooted ? '/' : '.')
}

/** Leading "../" of a remote path lead nowhere (stripPathShortcuts). */
function shortcutsStripped(path: string): string {
  const rest = path.replace(/^(?:\.\.\/)+/, '')
  return rest === '.' || rest === '..' ? '' : rest.replace(/^\//, '')
}
