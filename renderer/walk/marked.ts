/** A piece of a rule's text: what of it was tested and matched, its target, or neither. */
export interface RulePart {
  readonly text: string
  readonly look: 'plain' | 'matched' | 'target'
}

/** Where the target begins: the last -j or -g outside quotes, which `iptables -S` always prints last. */
export function targetStart(text: string): number {
  let quoted = false
  let found = text.length
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') quoted = !quoted
    else if (!quoted && /^ -[jg] /.test(text.slice(at, at + 4))) found = at + 1
  }
  return found
}

/** The rule's text in pieces, in order and complete: joined they are the text again. */
export function ruleParts(text: string, matched: readonly (readonly [number, number])[] = []): readonly RulePart[] {
  const target = targetStart(text)
  const looks: RulePart['look'][] = Array.from({ length: text.length }, (_, at) => (at >= target ? 'target' : 'plain'))
  for (const [from, to] of matched) for (let at = Math.max(0, from); at < Math.min(to, target); at++) looks[at] = 'matched'
  const parts: RulePart[] = []
  for (let from = 0; from < text.length; ) {
    let to = from
    while (to < text.length && looks[to] === looks[from]) to++
    parts.push({ text: text.slice(from, to), look: looks[from] ?? 'plain' })
    from = to
  }
  return parts
}
