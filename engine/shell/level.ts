import type { Json } from '../base/json.ts'
import type { Tty, User } from '../cli/command.ts'
import type { Machine } from '../cluster/machine.ts'
import { BashShell } from './bash.ts'
import type { Terminal } from './bash-fs.ts'
import type { Turns } from './host.ts'
import { ROOT } from './launch.ts'
import { DASH_PS1, NODE_PS1, promptText, SH_PS1 } from './prompt.ts'
import { loginEnv } from './users.ts'

/** How a level began: the terminal's own login, or ssh or `kubectl exec -it` from the level below. */
export type LevelKind = 'login' | 'ssh' | 'exec' | 'child'

export interface LevelSpec {
  readonly kind: LevelKind
  readonly machine: string
  readonly program: 'bash' | 'sh'
  /** The name it was entered by. */
  readonly host: string
  /** Where it starts, if not at home. */
  readonly cwd?: string
}

/** One shell of a terminal's stack of shells: a bash on a machine, and what was typed there. */
export class Level {
  readonly spec: LevelSpec
  readonly machine: Machine
  readonly user: User = ROOT
  readonly bash: BashShell
  history: readonly string[] = []

  constructor(spec: LevelSpec, machine: Machine, terminal: Terminal, tty: Tty | undefined, turns: Turns) {
    this.spec = spec
    this.machine = machine
    const home = machine.fs.exists(this.user.home) ? this.user.home : '/'
    const cwd = spec.cwd ?? (spec.kind === 'exec' ? '/' : home)
    const ps1 = spec.program === 'bash' ? NODE_PS1 : machine.kind === 'node' ? DASH_PS1 : SH_PS1
    const base = machine.env === undefined ? loginEnv(this.user, cwd) : { ...machine.env, TERM: 'xterm', PWD: cwd }
    const env = { ...base, PS1: ps1, SHELL: `/bin/${spec.program}` }
    this.bash = new BashShell({ turns, machine, user: this.user, terminal, tty, env, cwd, source: 'prompt' })
  }

  get prompt(): string {
    const { user, machine, spec, bash } = this
    return promptText(bash.variable('PS1') ?? '', {
      user: user.name,
      uid: user.uid,
      hostname: machine.hostname,
      cwd: bash.cwd,
      home: bash.variable('HOME') ?? user.home,
      shorten: spec.program === 'bash',
    })
  }

  /** The file that an interactive bash reads first. */
  get startFile(): string | undefined {
    const path = `${this.user.home}/.bashrc`
    return this.spec.program === 'bash' && this.machine.fs.exists(path) ? path : undefined
  }

  save(): Json {
    return { spec: { ...this.spec }, bash: this.bash.save(), history: this.history }
  }
}
