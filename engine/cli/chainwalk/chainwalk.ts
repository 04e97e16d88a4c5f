import type { Command, CommandContext, SessionPort } from '../command.ts'
import { completeChainwalk } from './complete.ts'
import { connections, hits } from './connections.ts'
import { PARTS } from './flags.ts'
import { fail, print } from './say.ts'
import { trace } from './trace.ts'
import { USAGE } from './usage.ts'

type Verb = (context: CommandContext, session: SessionPort, words: readonly string[]) => number | Promise<number>

/** The lab's own command; no tool of a real node. */
export const chainwalk: Command = {
  name: 'chainwalk',
  path: '/usr/local/bin/chainwalk',
  on: 'both',
  flags: [],
  parts: PARTS,
  run(context) {
    const [verb = '', ...words] = context.argv.slice(1)
    const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
    if (run === undefined) {
      const help = verb === '--help' || verb === 'help'
      ;(help ? context.stdout : context.stderr).write(USAGE)
      return help ? 0 : 2
    }
    if (context.session === undefined) return fail(context, 'no session is open')
    return run(context, context.session, words)
  },
  complete: (words, index) => completeChainwalk(Object.keys(VERBS), words, index),
}

const VERBS: Readonly<Record<string, Verb>> = {
  status: (context, session) => print(context, session.status()),
  undo: (context, session) => outcome(context, 'undone', session.undo()),
  redo: (context, session) => outcome(context, 'done again', session.redo()),
  task: (context, session) => {
    if (!session.hasLab) return fail(context, 'no lab is open')
    return print(
      context,
      session
        .tasks()
        .flatMap(({ id, title, state, wanted, seen }) => [
          `${state === 'passed' ? '✓' : '·'} ${id}: ${title}`,
          ...(state === 'passed' ? [] : [`    wanted ${wanted}`, `    seen   ${seen}`]),
        ]),
    )
  },
  answer: (context, session, words) => mark(context, session, words, (id, value) => session.answer(id, value)),
  predict: (context, session, words) => mark(context, session, words, (id, value) => session.predict(id, value)),
  trace,
  connections,
  hits,
  set: (context, session, words) => {
    const [name, value] = words
    const mode = session.podServiceLB()
    if (mode === undefined) return fail(context, "this cluster's CNI leaves no choice")
    if (words.length === 0) return print(context, [`podServiceLB ${mode}`])
    if (name !== 'podServiceLB' || (value !== 'bpf' && value !== 'none') || words.length > 2) {
      context.stderr.write(USAGE)
      return 2
    }
    return session.setPodServiceLB(value) ? 0 : fail(context, "this cluster's CNI leaves no choice")
  },
}

function mark(
  context: CommandContext,
  session: SessionPort,
  words: readonly string[],
  apply: (id: string, value: string) => string | undefined,
): number {
  if (!session.hasLab) return fail(context, 'no lab is open')
  const [id, ...values] = words
  if (id === undefined || values.length === 0) {
    context.stderr.write(USAGE)
    return 2
  }
  const refused = apply(id, values.join(' '))
  return refused === undefined ? 0 : fail(context, refused)
}

/** What was taken back is said once more by the terminals, when it has happened. */
function outcome(context: CommandContext, what: string, result: ReturnType<SessionPort['undo']>): number {
  if ('refused' in result) return fail(context, result.refused)
  context.stdout.write(`${what} once this line has ended: ${result.done}\n`)
  return 0
}
