import type { Command, Flag } from '../../engine/cli/command.ts'
import { ACCESS_DIFFERENCES, VERSION_DIFFERENCES } from '../live/kubectl-versions.data.ts'
import { EXCEPTIONS, SIMPLIFICATIONS } from './fidelity-exceptions.data.ts'

/** FIDELITY.md from the tools' own tables: what is emulated, what is accepted and why, what is known and says so. */
export function fidelityDocument(commands: readonly Command[]): string {
  const out = [
    '# Fidelity',
    '',
    'Made from the flag tables of the tools (`npm run check` fails when it is out of date; `UPDATE_FIDELITY=1 npx vitest run test/architecture` writes it). Three states:',
    '',
    '- **emulated**: has its effect here. *recorded* names the golden suite that compares it with the real tool; *modelled* follows its documentation.',
    '- **accepted**: valid, and changes nothing that can be observed here; the reason is given.',
    '- **known**: valid in the real tool, not emulated: the tool says so and exits 64.',
    '',
    "Anything else gets the tool's own usage error.",
    '',
    '## Recordings that do not pass',
    '',
    'Each is counted aloud by its suite as not yet due; none is left out of a total.',
    '',
    '| suite | runs | reason |',
    '|---|---|---|',
    ...EXCEPTIONS.map(({ suite, runs, of, reason }) => `| ${suite} | ${runs} of ${of} | ${reason} |`),
    '',
    '## What is simpler here than in reality',
    '',
    ...SIMPLIFICATIONS.map((text) => `- ${text}`),
    '',
    '## A real kubectl against our API',
    '',
    "The live suite compares the machine's own kubectl with the recordings, which are of v1.35. What these lines print is known to differ:",
    '',
    '| line | before | what |',
    '|---|---|---|',
    ...VERSION_DIFFERENCES.map(({ line, before, what }) => `| ${inTable(line)} | v1.${before} | ${what} |`),
    ...ACCESS_DIFFERENCES.map(({ line, what }) => `| ${inTable(line)} | every version | ${what} |`),
    '',
    '## Tools',
    '',
    '| tool | emulated | accepted | known |',
    '|---|---|---|---|',
  ]
  const sorted = [...commands].sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const c of sorted) {
    const count = (status: Flag['status']) => c.flags.filter((f) => f.status === status).length
    out.push(`| \`${c.name}\` | ${count('emulated')} | ${count('accepted')} | ${count('known')} |`)
  }
  for (const c of sorted) {
    const parts = c.parts ?? []
    if (c.flags.length + parts.length === 0) continue
    out.push('', `### ${c.name}`)
    if (parts.length > 0) {
      out.push('', '| part | state | covered by |', '|---|---|---|')
      for (const p of parts)
        out.push(`| \`${p.name}\` | ${p.status} | ${p.status === 'emulated' ? (p.suite ?? 'modelled') : ''} |`)
    }
    out.push(...flagTable(c.flags))
    for (const p of parts) if (p.flags.length > 0) out.push('', `#### ${c.name} ${p.name}`, ...flagTable(p.flags))
  }
  return `${out.join('\n')}\n`
}

function flagTable(flags: readonly Flag[]): string[] {
  if (flags.length === 0) return []
  const rows = flags.map((f) => {
    const names = [f.short === undefined ? '' : `-${f.short}`, f.long === undefined ? '' : `--${f.long}`]
      .filter(Boolean)
      .join(', ')
    const state = f.status === 'accepted' ? `accepted: ${f.reason ?? 'no reason given'}` : f.status
    return `| \`${names}${f.value === undefined ? '' : ` ${f.value}`}\` | ${state} | ${f.status === 'emulated' ? (f.suite ?? 'modelled') : ''} |`
  })
  return ['', '| flag | state | covered by |', '|---|---|---|', ...rows]
}

const inTable = (line: RegExp) => `\`${line.source.replaceAll('|', '\\|')}\``
