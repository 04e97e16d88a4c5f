import type { ContainerSpec } from './spec.ts'

/** One thing that a command does: it writes, or it waits. */
export type CommandStep = { readonly print: string } | { readonly wait: number } | { readonly date: true }

/** What a container's command does, where that can be told without a shell: steps and an end, or none. */
export interface FiniteCommand {
  readonly steps: readonly CommandStep[]
  /** Undefined: it never ends. */
  readonly exit: number | undefined
}

/** Images whose default command is a shell, which ends at once when nobody speaks to it. */
const SHELL_IMAGES = ['alpine', 'bash', 'busybox', 'debian', 'ubuntu', 'fedora', 'centos', 'amazonlinux', 'rockylinux']
const SHELLS = ['sh', 'bash', 'ash', 'dash']
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, '': 1000 }

const base = (path: string) => path.slice(path.lastIndexOf('/') + 1)

export function isShellName(path: string): boolean {
  return SHELLS.includes(base(path))
}

export function isShellImage(image: string): boolean {
  return SHELL_IMAGES.includes(base(image.replace(/@.*$/, '')).replace(/:.*$/, ''))
}

/** The words a container runs, entrypoint and arguments; undefined where the image decides. */
export function argvOf({ command = [], args = [], image }: ContainerSpec): readonly string[] | undefined {
  if (command.length > 0) return [...command, ...args]
  // An image whose entrypoint is a shell's name has none: its arguments are the command.
  return args.length > 0 && isShellImage(image) ? args : undefined
}

/** Plain words of a command without anything for the shell to do; undefined if there is. */
function plainWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  const pattern = /\s*(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`\\|<>*?[\]{}()#!~&;]+))(?=\s|$)/y
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text)
    if (match === null) return undefined
    words.push(match[1] ?? match[2] ?? match[3] ?? '')
  }
  return words
}

function simple(words: readonly string[]): FiniteCommand | undefined {
  const [name = '', ...args] = words
  switch (base(name)) {
    case 'true':
    case ':':
      return { steps: [], exit: 0 }
    case 'false':
      return { steps: [], exit: 1 }
    case 'exit':
      return args.length <= 1 && /^\d*$/.test(args[0] ?? '') ? { steps: [], exit: Number(args[0] ?? 0) & 255 } : undefined
    case 'echo':
      return (args[0] ?? '').startsWith('-') ? undefined : { steps: [{ print: `${args.join(' ')}\n` }], exit: 0 }
    case 'date':
      return args.length === 0 ? { steps: [{ date: true }], exit: 0 } : undefined
    case 'sleep':
      return sleep(args)
    default:
      return undefined
  }
}

function sleep(args: readonly string[]): FiniteCommand | undefined {
  if (args.length === 1 && /^(inf|infinity)$/i.test(args[0] ?? '')) return { steps: [], exit: undefined }
  let ms = 0
  for (const arg of args) {
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(arg)
    if (match === null) return undefined
    ms += Number(match[1]) * (UNITS[match[2] ?? ''] as number)
  }
  return args.length === 0 ? undefined : { steps: [{ wait: ms }], exit: 0 }
}

/** A script of plain commands joined by ";", "&&" and line ends. */
function script(text: string): FiniteCommand | undefined {
  const parts = text.split(/(;|&&|\n)/)
  const steps: CommandStep[] = []
  let exit: number | undefined = 0
  for (let i = 0; i < parts.length; i += 2) {
    const words = plainWords(parts[i] as string)
    if (words === undefined) return undefined
    if (words.length === 0) {
      if (i + 1 < parts.length || parts.length === 1 || parts[i - 1] === '&&') return undefined
      continue
    }
    if (parts[i - 1] === '&&' && exit !== 0) continue
    const one = simple(words)
    if (one === undefined) return undefined
    steps.push(...one.steps)
    exit = one.exit
    if (exit === undefined || base(words[0] as string) === 'exit') return { steps, exit }
  }
  return { steps, exit }
}

/** What the command does, if that is plain; undefined if only a shell or the program itself could tell. */
export function finiteCommand(argv: readonly string[]): FiniteCommand | undefined {
  const [name = '', flag, text, ...rest] = argv
  if (SHELLS.includes(base(name))) {
    const isScript = /^-[ex]*c$/.test(flag ?? '') && !flag?.includes('x') && text !== undefined && rest.length === 0
    return isScript ? script(text) : undefined
  }
  return base(name) === 'exit' || name === ':' ? undefined : simple(argv)
}
