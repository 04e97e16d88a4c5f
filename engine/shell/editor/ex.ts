import type { Editing } from './editing.ts'

/** The `:` commands: w, q, wq, x, q!, cq, a line number, set, s/old/new/[g] on this line or (%) all. */
export function exCommand(editing: Editing, text: string): void {
  const command = text.trim()
  const leave = (exit = 0) => {
    editing.exit = exit
  }
  if (/^\d+$/.test(command)) editing.buffer.go(Number(command) - 1, 0)
  else if (command === 'w' || command === 'w!') editing.save()
  else if (command === 'q!') leave()
  else if (command === 'cq') leave(1)
  else if (/^(?:wq!?|x)$/.test(command)) {
    if ((command === 'x' && !editing.changed) || editing.save()) leave()
  } else if (command === 'q') {
    if (editing.changed) editing.message = 'E37: No write since last change (add ! to override)'
    else leave()
  } else if (/^(?:%?s)\//.test(command)) substitute(editing, command)
  else if (/^set\b/.test(command)) editing.message = ''
  else if (command !== '') editing.message = `E492: Not an editor command: ${command}`
}

function substitute(editing: Editing, command: string): void {
  const { buffer } = editing
  const parts = /^(%?)s\/((?:[^/\\]|\\.)*)\/((?:[^/\\]|\\.)*)(?:\/(g?))?$/.exec(command)
  if (parts === null) return
  const [, all, pattern = '', replacement = '', flags] = parts
  let matcher: RegExp
  try {
    matcher = new RegExp(pattern, flags === 'g' ? 'g' : '')
  } catch {
    editing.message = `E486: Pattern not found: ${pattern}`
    return
  }
  buffer.remember()
  const change = (line: string) => line.replace(matcher, replacement.replaceAll('\\/', '/'))
  const lines = buffer.lines.map((line, row) => (all === '%' || row === buffer.row ? change(line) : line))
  buffer.replaceLines(0, buffer.lines.length, lines)
}
