import { expect, it } from 'vitest'
import { expandAliases } from './aliases.ts'

const ALIASES = { k: 'kubectl', kg: 'k get', ll: 'ls -l', s: 'sudo ', ls: 'ls --color=auto', kgsvc: 'kubectl get svc' }

it.each([
  ['kg ep -n myapp', 'kubectl get ep -n myapp'],
  ['kgsvc -n x | grep y; ll', 'kubectl get svc -n x | grep y; ls --color=auto -l'],
  ['echo kg', 'echo kg'],
  ['s ll', 'sudo  ls --color=auto -l'],
  ['if kg x; then ll; fi', 'if kubectl get x; then ls --color=auto -l; fi'],
  ['A=1 kg x', 'A=1 kubectl get x'],
  ["'kg' x", "'kg' x"],
  ['\\ls', '\\ls'],
  ['x=$(kg x)', 'x=$(kubectl get x)'],
  ['echo "kg; kg"', 'echo "kg; kg"'],
  ['cat <<E\nkg\nE\nkg', 'cat <<E\nkg\nE\nkubectl get'],
  ['echo a > kg', 'echo a > kg'],
  ['for i in kg ll; do kg; done', 'for i in kg ll; do kubectl get; done'],
  ['# kg', '# kg'],
])('%j becomes %j', (line, wanted) => expect(expandAliases(line, ALIASES)).toBe(wanted))
