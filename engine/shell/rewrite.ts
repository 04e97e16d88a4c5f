import type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode } from 'just-bash'
import { functionNames, redirectsItself, runsInBackground, substitutions } from './ast.ts'
import { ERR_PATH, IN_LINE_PATH, IN_PATH, OUT_PATH, TICK_PATH } from './bash-fs.ts'
import { opened, type Redirection } from './opened.ts'
import { ownPipeline, PIPE } from './own-pipelines.ts'

/** Where a function's own commands print: inherited, so that `f | grep x` still feeds the pipe. */
export const OUT_VARIABLE = '__chainwalk_out'
export const ERR_VARIABLE = '__chainwalk_err'
/** Tells one of our programs which of its standard files are the shell's own: "0", "1", "2" in any mix, then ":" and the out path. */
export const DIRECT_VARIABLE = '__chainwalk_direct'
/** Stands in for a job that was to run in the background. */
export const BACKGROUND = '__chainwalk_background'
/** Says what of a line is valid but not emulated: of which program, then what. */
export const UNEMULATED_USE = '__chainwalk_unemulated'
/** Runs just before `exit`. */
export const LEAVE = '__chainwalk_leave'

type Assignment = SimpleCommandNode['assignments'][number]

/** What the rewriting must know of the shell. */
export interface RewriteOptions {
  /** Whether a word names one of our programs (which can print as they go). */
  isOurs(name: string): boolean
  isFunction(name: string): boolean
  /** The name of the program of ours that lies at this path, or undefined. */
  basename(path: string): string | undefined
  readonly stdinIsTty: boolean
  /** Whether the shell goes on after this input, as at a prompt. */
  readonly atPrompt: boolean
}

interface Place {
  /** Which of the standard files lead to the shell's own here. */
  readonly out: boolean
  readonly err: boolean
  readonly in: boolean
  readonly inFunction: boolean
  /** False in subshells, where `exit` leaves only those. */
  readonly shellItself: boolean
}

const EXITS = new Set(['exit', 'logout'])

/** Builtins whose redirections stay in force, or that must stand alone. */
const LEAVE_ALONE = new Set(['exec', 'break', 'continue', 'return', 'shift', ':'])
const READS_STDIN = new Set([
  'cat',
  'wc',
  'grep',
  'sed',
  'awk',
  'sort',
  'uniq',
  'tr',
  'head',
  'tail',
  'tee',
  'cut',
  'jq',
  'xargs',
])

/**
 * just-bash hands results back when a line has ended. So that a loop's output appears as it is made, every command whose output
 * nobody else takes is redirected, at parse time, to a device that prints at once; and loop bodies begin with a tick.
 */
export function rewrite(script: ScriptNode, options: RewriteOptions): ScriptNode {
  const defined = new Set(functionNames(script))
  const known: RewriteOptions = { ...options, isFunction: (name) => defined.has(name) || options.isFunction(name) }
  // Job control is not emulated. Running the job in the foreground would be a lie, and so would the rest of the line without it.
  if (runsInBackground(script)) {
    script.statements = [call(BACKGROUND)]
    return script
  }
  const itself = redirectsItself(script)
  if (itself && options.atPrompt) {
    script.statements = [call(UNEMULATED_USE, 'bash', 'exec with a redirection of its output at a prompt')]
  }
  // just-bash then follows the shell's own output itself, and hands it over at the end.
  const place: Place = { out: !itself, err: !itself, in: true, inFunction: false, shellItself: true }
  statements(script.statements, place, known)
  return script
}

function statements(list: StatementNode[], place: Place, options: RewriteOptions): void {
  for (const statement of list) {
    for (const each of statement.pipelines) pipeline(each, place, options)
  }
}

function pipeline(node: PipelineNode, place: Place, options: RewriteOptions): void {
  const own = ownPipeline(node, (command) => runsBesideOthers(command, options))
  if (own !== undefined) {
    Object.assign(node, { commands: [own], pipeStderr: undefined })
    command(own, { ...place, shellItself: false }, options)
    return
  }
  const last = node.commands.length - 1
  for (const [i, each] of node.commands.entries()) {
    if (
      last === 0 &&
      place.shellItself &&
      each.type === 'SimpleCommand' &&
      each.name !== null &&
      EXITS.has(literal(each.name) ?? '')
    ) {
      node.commands[i] = { type: 'Group', body: [call(LEAVE), alone(each)], redirections: [] }
      return
    }
    const errToPipe = node.pipeStderr?.[i] ?? false
    command(
      each,
      {
        ...place,
        out: place.out && i === last,
        err: place.err && !errToPipe,
        in: place.in && i === 0,
        shellItself: place.shellItself && last === 0,
      },
      options,
    )
  }
}

/** Whether a command is a program of ours, by its plain name. */
function runsBesideOthers({ name }: SimpleCommandNode, options: RewriteOptions): boolean {
  const word = name === null ? undefined : literal(name)
  if (word === undefined || word.includes('/') || word === 'bash' || word === 'sh' || options.isFunction(word)) return false
  return options.isOurs(word)
}

function command(node: CommandNode, place: Place, options: RewriteOptions): void {
  for (const body of substitutions(node))
    statements(body.statements, { ...place, out: false, in: false, shellItself: false }, options)
  if (node.type === 'SimpleCommand') {
    simple(node, place, options)
    return
  }
  if (node.type === 'FunctionDef') {
    const direct = directFiles(node.redirections, { ...place, out: true, err: true, in: true })
    const [out, err] = [direct.includes('1'), direct.includes('2')]
    command(node.body, { out, err, in: direct.includes('0'), inFunction: true, shellItself: true }, options)
    node.redirections = opened(node.redirections)
    return
  }
  if (node.redirections.length > 0) {
    node.redirections = [...outputs(place), ...opened(node.redirections)]
    place = { ...place, out: false, err: false, in: false }
  }
  switch (node.type) {
    case 'If':
      for (const clause of node.clauses) {
        statements(clause.condition, place, options)
        statements(clause.body, place, options)
      }
      if (node.elseBody !== null) statements(node.elseBody, place, options)
      return
    case 'While':
    case 'Until':
      statements(node.condition, place, options)
      statements(node.body, place, options)
      node.body.unshift(tick())
      return
    case 'For':
    case 'CStyleFor':
      statements(node.body, place, options)
      node.body.unshift(tick())
      return
    case 'Case':
      for (const item of node.items) statements(item.body, place, options)
      return
    case 'Subshell':
      statements(node.body, { ...place, shellItself: false }, options)
      return
    case 'Group':
      statements(node.body, place, options)
      return
    default:
      return
  }
}

function simple(node: SimpleCommandNode, place: Place, options: RewriteOptions): void {
  if (node.name === null) {
    if (node.redirections.length > 0) node.redirections = [...outputs(place), ...opened(node.redirections)]
    return
  }
  const written = literal(node.name)
  const name = (written?.includes('/') ? options.basename(written) : undefined) ?? written
  if (name !== undefined && name !== written) node.name = { type: 'Word', parts: [{ type: 'Literal', value: name }] }
  const { redirections } = node
  node.redirections = opened(redirections)
  if (name !== undefined && LEAVE_ALONE.has(name)) return
  const isFunction = name === undefined || name === 'eval' || name === 'source' || name === '.' || options.isFunction(name)
  if (isFunction) {
    const direct = directFiles(redirections, place)
    if (!direct.includes('1')) node.assignments.push(assign(OUT_VARIABLE, [{ type: 'Literal', value: '/dev/stdout' }]))
    if (!direct.includes('2')) node.assignments.push(assign(ERR_VARIABLE, [{ type: 'Literal', value: '/dev/stderr' }]))
  } else if (name !== undefined && (name === PIPE || options.isOurs(name))) {
    // Always said, even when it is none: just-bash lets a substitution in a command's words see that command's own assignments.
    node.assignments.push(assign(DIRECT_VARIABLE, directValue(directFiles(redirections, place), place.inFunction)))
  } else if (place.in && options.stdinIsTty && name !== undefined && !readsElsewhere(node)) {
    if (name === 'read') node.redirections.push(redirection('<', null, [{ type: 'Literal', value: IN_LINE_PATH }]))
    else if (READS_STDIN.has(name)) node.redirections.push(redirection('<', null, [{ type: 'Literal', value: IN_PATH }]))
  }
  node.redirections.unshift(...outputs(place))
}

/** `>>OUT 2>>ERR` in front of whatever redirections there are, as if inherited. */
function outputs(place: Place): Redirection[] {
  const to = (variable: string, path: string): WordNode['parts'] =>
    place.inFunction ? [{ type: 'DoubleQuoted', parts: [variablePart(variable)] }] : [{ type: 'Literal', value: path }]
  const list: Redirection[] = []
  if (place.out) list.push(redirection('>>', null, to(OUT_VARIABLE, OUT_PATH)))
  if (place.err) list.push(redirection('>>', 2, to(ERR_VARIABLE, ERR_PATH)))
  return list
}

/** Which standard files of a program are the shell's own, judged by its redirections. */
function directFiles(redirections: readonly Redirection[], place: Place): string {
  let [zero, one, two] = [place.in, place.out, place.err]
  for (const { operator, fd } of redirections) {
    if (operator.startsWith('<')) zero = zero && (fd ?? 0) !== 0
    else if (operator.startsWith('&')) [one, two] = [false, false]
    else if ((fd ?? 1) === 1) one = false
    else if (fd === 2) two = false
  }
  return `${zero ? '0' : ''}${one ? '1' : ''}${two ? '2' : ''}`
}

function directValue(files: string, inFunction: boolean): WordNode['parts'] {
  if (!inFunction) return [{ type: 'Literal', value: `${files}:${OUT_PATH}` }]
  return [{ type: 'DoubleQuoted', parts: [{ type: 'Literal', value: `${files}:` }, variablePart(OUT_VARIABLE)] }]
}

function readsElsewhere(node: SimpleCommandNode): boolean {
  if (node.redirections.some(({ operator }) => operator.startsWith('<'))) return true
  const words = node.args.map((word) => literal(word) ?? 'x')
  const operands = words.filter((word) => !word.startsWith('-') || word === '-')
  const name = node.name === null ? undefined : literal(node.name)
  // How many operands a filter has before its files begin; with more it does not read standard input.
  const own: Record<string, number> = { grep: 1, sed: 1, awk: 1, tr: 2, jq: 1, xargs: 99, tee: 99, read: 99 }
  return name !== 'read' && operands.length > (own[name ?? ''] ?? 0) && !operands.includes('-')
}

/** The text of a word without expansions or quotes. */
export function literal(word: WordNode): string | undefined {
  let text = ''
  for (const part of word.parts) {
    if (part.type !== 'Literal') return undefined
    text += part.value
  }
  return text
}

function variablePart(name: string): WordNode['parts'][number] {
  return { type: 'ParameterExpansion', parameter: name, operation: null }
}

function redirection(operator: '>>' | '<', fd: number | null, parts: WordNode['parts']): Redirection {
  return { type: 'Redirection', fd, operator, target: { type: 'Word', parts } }
}

function assign(name: string, parts: WordNode['parts']): Assignment {
  return { type: 'Assignment', name, value: { type: 'Word', parts }, append: false, array: null }
}

function call(name: string, ...args: readonly string[]): StatementNode {
  const word = (value: string): WordNode => ({ type: 'Word', parts: [{ type: 'Literal', value }] })
  return alone({ type: 'SimpleCommand', assignments: [], name: word(name), args: args.map(word), redirections: [] })
}

/** Runs at the head of every loop body: lets the host in, and ends loops that were interrupted. A file test is the cheapest call out. */
function tick(): StatementNode {
  const operand: WordNode = { type: 'Word', parts: [{ type: 'Literal', value: TICK_PATH }] }
  return alone({
    type: 'ConditionalCommand',
    expression: { type: 'CondUnary', operator: '-e', operand },
    redirections: [],
  })
}

function alone(node: CommandNode): StatementNode {
  return {
    type: 'Statement',
    pipelines: [{ type: 'Pipeline', commands: [node], negated: false }],
    operators: [],
    background: false,
  }
}
