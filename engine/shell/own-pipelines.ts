import type { PipelineNode, SimpleCommandNode, WordNode } from 'just-bash'
import type { Redirection } from './opened.ts'
import type { Stage } from './pipes.ts'

/** Runs a pipeline of programs of ours as one command, so that lines pass as they come. */
export const PIPE = '__chainwalk_pipe'

/** Words that stand between the programs; a learner has no way to type them by accident. */
const MARKS: Readonly<Record<Stage['stderr'], string>> = { shell: '\x01|', stdout: '\x01|&', nowhere: '\x01|-' }

/**
 * just-bash runs a pipeline's commands one after the other, each with all that the one before printed. Where every one is a program
 * of ours, plainly called, they become one command that runs them side by side.
 */
export function ownPipeline(
  { commands, pipeStderr }: PipelineNode,
  isOurs: (command: SimpleCommandNode) => boolean,
): SimpleCommandNode | undefined {
  if (commands.length < 2 || pipeStderr?.some(Boolean)) return undefined
  const args: WordNode[] = []
  const redirections: Redirection[] = []
  const last = commands.length - 1
  for (const [i, command] of commands.entries()) {
    if (command.type !== 'SimpleCommand' || command.name === null || command.assignments.length > 0 || !isOurs(command))
      return undefined
    let stderr: Stage['stderr'] = 'shell'
    for (const redirection of command.redirections) {
      const errors = stderrTo(redirection)
      const opensInput =
        i === 0 && redirection.operator.startsWith('<') && redirection.operator !== '<&' && (redirection.fd ?? 0) === 0
      const opensOutput = i === last && /^(>|>>|>\|)$/.test(redirection.operator) && (redirection.fd ?? 1) === 1
      if (errors !== undefined) {
        // 2>&1 before the output is led elsewhere means the terminal.
        if (errors === 'stdout' && i === last && redirections.length === 0 && command.redirections.length > 1) return undefined
        stderr = errors
      } else if ((opensInput || opensOutput) && !redirection.fdVariable) redirections.push(redirection)
      else return undefined
    }
    args.push(quoted(MARKS[stderr]), command.name, ...command.args)
  }
  return { type: 'SimpleCommand', assignments: [], name: plain(PIPE), args, redirections, line: commands[0]?.line }
}

function stderrTo({ fd, operator, target, fdVariable }: Redirection): 'stdout' | 'nowhere' | undefined {
  if (fd !== 2 || fdVariable || target.type !== 'Word' || target.parts.length !== 1) return undefined
  const [part] = target.parts
  if (part?.type !== 'Literal') return undefined
  if (operator === '>&' && part.value === '1') return 'stdout'
  return (operator === '>' || operator === '>>') && part.value === '/dev/null' ? 'nowhere' : undefined
}

/** The programs that {@link PIPE}'s words name. */
export function stagesOf(words: readonly string[]): Stage[] {
  const stages: { argv: string[]; stderr: Stage['stderr'] }[] = []
  for (const word of words) {
    const mark = (Object.keys(MARKS) as Stage['stderr'][]).find((each) => MARKS[each] === word)
    if (mark !== undefined) stages.push({ argv: [], stderr: mark })
    else stages.at(-1)?.argv.push(word)
  }
  return stages
}

function plain(value: string): WordNode {
  return { type: 'Word', parts: [{ type: 'Literal', value }] }
}

function quoted(value: string): WordNode {
  return { type: 'Word', parts: [{ type: 'SingleQuoted', value }] }
}
