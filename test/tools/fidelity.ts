import type { Command, Flag } from '../../engine/cli/command.ts'

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
    '| tool | emulated | accepted | known |',
    '|---|---|---|---|',
  ]
  const sorted = [...commands].sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const c of sorted) {
    const count = (status: Flag['status']) => c.flags.filter((f) => f.status === status).length
    out.push(`| \`${c.name}\` | ${count('emulated')} | ${count('accepted')} | ${count('known')} |`)
  }
  for (const c of sorted) {
    if (c.flags.length === 0) continue
    out.push('', `## ${c.name}`, '', '| flag | state | covered by |', '|---|---|---|')
    for (const f of c.flags) {
      const names = [f.short === undefined ? '' : `-${f.short}`, f.long === undefined ? '' : `--${f.long}`]
        .filter(Boolean)
        .join(', ')
      const state = f.status === 'accepted' ? `accepted: ${f.reason ?? 'no reason given'}` : f.status
      out.push(
        `| \`${names}${f.value === undefined ? '' : ` ${f.value}`}\` | ${state} | ${f.status === 'emulated' ? (f.suite ?? 'modelled') : ''} |`,
      )
    }
  }
  return `${out.join('\n')}\n`
}
