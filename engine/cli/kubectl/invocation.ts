import { parseGoDuration } from '../../base/duration.ts'
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts'
import { FsError } from '../../cluster/fs.ts'
import type { CommandContext } from '../command.ts'
import { type ConfigSource, type Connection, connection, type KubeConfig, loadConfig } from './config.ts'
import { fail, KubectlError, NotEmulated, usage } from './errors.ts'
import type { FlagValues } from './flags/parse.ts'
import { HttpLog } from './http-log.ts'
import { Mapper } from './mapper.ts'
import { discoveryComplaint, serverHost } from './refused.ts'
import { Rest } from './rest.ts'

/** The one device whose content is known without a kernel. */
export const NULL_DEVICE = '/dev/null'

/** clientcmd.ParseTimeout. */
function checkTimeout(text: string): void {
  if (text === '' || /^\d+$/.test(text)) return
  const parsed = parseGoDuration(text)
  if (typeof parsed !== 'number')
    throw fail(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    )
}

/** One run of a verb: its flags and arguments, and everything it may use. */
export class Invocation {
  readonly context: CommandContext
  readonly flags: FlagValues
  readonly args: readonly string[]
  /** How many arguments came before "--", or -1. */
  readonly dash: number
  /** "kubectl rollout status". */
  readonly path: string
  /** How often the server warned. */
  warnings = 0
  private heldConfig: KubeConfig | undefined
  private heldConnection: Connection | undefined
  private heldRest: Rest | undefined
  private heldLog: HttpLog | undefined
  private heldMapper: Mapper | undefined

  constructor(context: CommandContext, flags: FlagValues, args: readonly string[], dash: number, path: string) {
    this.context = context
    this.flags = flags
    this.args = args
    this.dash = dash
    this.path = path
  }

  out(text: string): void {
    if (text !== '') this.context.stdout.write(encodeUtf8(text))
  }

  err(text: string): void {
    if (text !== '') this.context.stderr.write(encodeUtf8(text))
  }

  get now(): number {
    return this.context.clock.now
  }

  /** kubectl's own minor version: 35 of "1.35.4". */
  get minor(): number {
    return Number(this.context.machine.profile.kubectl.replace(/^v/, '').split('.')[1] ?? '35')
  }

  get configSource(): ConfigSource {
    const { machine, env, user, cwd } = this.context
    return { fs: machine.fs, env, home: env.HOME ?? user.home, cwd }
  }

  get config(): KubeConfig {
    this.heldConfig ??= loadConfig(this.configSource, this.flags.text('kubeconfig'), this.path.startsWith('kubectl config '))
    return this.heldConfig
  }

  get connection(): Connection {
    this.heldConnection ??= connection(this.config, {
      context: this.flags.text('context'),
      cluster: this.flags.text('cluster'),
      user: this.flags.isList('user') ? '' : this.flags.text('user'),
      server: this.flags.text('server'),
      namespace: this.flags.text('namespace'),
      token: this.flags.text('token'),
    })
    return this.heldConnection
  }

  get namespace(): string {
    return this.connection.namespace
  }

  /** What -v tells; undefined without it. */
  get log(): HttpLog | undefined {
    const level = this.flags.int('v')
    if (level < 1) return undefined
    if (level > 8) throw new NotEmulated(`-v=${level}`)
    this.heldLog ??= new HttpLog(this, level)
    return this.heldLog
  }

  get rest(): Rest {
    if (this.heldRest === undefined) {
      const { machine } = this.context
      checkTimeout(this.flags.text('request-timeout'))
      const impersonate: Record<string, string> = {}
      if (this.flags.text('as') !== '') impersonate['Impersonate-User'] = this.flags.text('as')
      const groups = this.flags.list('as-group')
      if (groups.length > 0) impersonate['Impersonate-Group'] = groups.join(',')
      const uid = this.flags.text('as-uid')
      if (uid !== '') impersonate['Impersonate-Uid'] = uid
      if ((groups.length > 0 || uid !== '') && this.flags.text('as') === '') {
        // Where the namespace is overridden, the whole configuration is checked a second time.
        const again = this.connection.explicitNamespace && !this.path.startsWith('kubectl create ')
        const told = again ? 'Error in configuration' : 'error'
        throw new KubectlError(
          `${told}: requesting uid, groups or user-extra for ${this.connection.userName} without impersonating a user`,
        )
      }
      const api = machine.api(this.connection.server)
      if (api === undefined && !serverHost(this)) throw new NotEmulated(`a server at ${this.connection.server}`)
      if (api !== undefined) this.identify()
      this.heldRest = new Rest(api, {
        connection: this.connection,
        impersonate,
        userAgent: `kubectl/v${machine.profile.kubectl} (linux/amd64) kubernetes/chainwalk`,
        warn: (text) => {
          this.warnings++
          this.err(text)
        },
        ...(this.log === undefined ? {} : { log: this.log }),
      })
    }
    return this.heldRest
  }

  /** A user without any credentials is asked for a name and a password (clientcmd PromptingAuthLoader). */
  private identify(): void {
    const { user, server } = this.connection
    const known = ['client-certificate-data', 'client-certificate', 'token', 'tokenFile', 'username', 'exec', 'auth-provider']
    if (!server.startsWith('https:') || known.some((key) => user[key])) return
    this.out('Please enter Username: ')
    if (this.context.stdin.isTty) throw new NotEmulated('logging in with a user name and a password')
    throw fail('EOF')
  }

  get mapper(): Mapper {
    this.heldMapper ??= new Mapper(this.rest, (why) => this.err(discoveryComplaint(this, why)))
    return this.heldMapper
  }

  usage(text: string): Error {
    return usage(this.path, text)
  }

  /** A path of the learner as a path of the machine. */
  resolve(path: string): string {
    return path.startsWith('/') ? path : `${this.context.cwd === '/' ? '' : this.context.cwd}/${path}`
  }

  /** A file's text; its absence is told in Go's words. */
  readFile(path: string): string {
    if (this.resolve(path) === NULL_DEVICE) return ''
    try {
      return decodeUtf8(this.context.machine.fs.read(this.resolve(path)))
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      if (error.code === 'EISDIR') throw fail(`read ${path}: is a directory`)
      throw fail(`open ${path}: ${error.code === 'EACCES' ? 'permission denied' : 'no such file or directory'}`)
    }
  }

  async stdin(): Promise<string> {
    return decodeUtf8(await this.context.stdin.text())
  }

  notEmulated(what: string): Error {
    return new NotEmulated(what)
  }
}
