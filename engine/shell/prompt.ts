/** A node's prompt, as Debian and Ubuntu set it. */
export const NODE_PS1 = '\\u@\\h:\\w\\$ '
/** dash has no escapes at all. */
export const DASH_PS1 = '\\$ '
/** busybox sh in an image. */
export const SH_PS1 = '\\w \\$ '

export interface PromptFacts {
  readonly user: string
  readonly uid: number
  readonly hostname: string
  readonly cwd: string
  readonly home: string
  /** sh shows the folder without shortening the home folder. */
  readonly shorten: boolean
}

/** PS1 as bash prints it (bash(1), PROMPTING); an escape it does not know stays as it is. */
export function promptText(ps1: string, facts: PromptFacts): string {
  const { cwd, home } = facts
  const under = facts.shorten && home !== '/' && (cwd === home || cwd.startsWith(`${home}/`))
  const folder = under ? `~${cwd.slice(home.length)}` : cwd
  const last = folder === '/' || folder === '~' ? folder : folder.slice(folder.lastIndexOf('/') + 1)
  const known: Record<string, string> = {
    u: facts.user,
    h: facts.hostname.split('.')[0] ?? facts.hostname,
    H: facts.hostname,
    w: folder,
    W: last,
    $: facts.uid === 0 ? '#' : '$',
    n: '\n',
    e: '\x1b',
    a: '\x07',
    s: 'bash',
    '\\': '\\',
    '[': '',
    ']': '',
  }
  return ps1.replace(/\\(0\d\d|.)/g, (whole, code: string) => {
    if (/^0\d\d$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8))
    return known[code] ?? whole
  })
}
