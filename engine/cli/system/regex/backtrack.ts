import type { Node } from './ast.ts'
import { type Matcher, type Spanned, type Spans, type Subject, TooHard } from './subject.ts'

/** Steps after which a pattern with back-references counts as too hard; glibc would go on for as long as it takes. */
const MOST_STEPS = 2_000_000

/** The longest match at `start` of a pattern with back-references: every way is tried, the first of the longest counts. */
export const longestByTrial: Matcher = (root, subject) => (start) => longest(root, subject, start)

function longest(root: Node, subject: Subject, start: number): Spanned | undefined {
  let best: Spanned | undefined
  const spans: Spans = []
  let steps = 0

  /** Calls `then` for every end the node can have; true stops everything. */
  function visit(node: Node, at: number, then: (end: number) => boolean): boolean {
    if (++steps > MOST_STEPS) throw new TooHard()
    switch (node.type) {
      case 'set': {
        const next = subject.step(node.set, at)
        return next >= 0 && then(next)
      }
      case 'assert':
        return subject.holds(node.kind, at) && then(at)
      case 'back': {
        const span = spans[node.index]
        const end = span === undefined ? -1 : subject.again(subject.text.slice(...span), at)
        return end >= 0 && then(end)
      }
      case 'group': {
        const before = spans[node.index]
        const stop = visit(node.body, at, (end) => {
          const inner = spans[node.index]
          spans[node.index] = [at, end]
          if (then(end)) return true
          spans[node.index] = inner
          return false
        })
        if (!stop) spans[node.index] = before
        return stop
      }
      case 'alt':
        return node.items.some((item) => visit(item, at, then))
      case 'seq':
        return sequence(node.items, 0, at, then)
      case 'repeat':
        return repeat(node, 0, at, then)
    }
  }

  function sequence(items: readonly Node[], i: number, at: number, then: (end: number) => boolean): boolean {
    const item = items[i]
    return item === undefined ? then(at) : visit(item, at, (end) => sequence(items, i + 1, end, then))
  }

  function repeat(node: Node & { type: 'repeat' }, done: number, at: number, then: (end: number) => boolean): boolean {
    const more = () =>
      done < node.max && visit(node.body, at, (end) => (end > at || done < node.min) && repeat(node, done + 1, end, then))
    return more() || (done >= node.min && then(at))
  }

  visit(root, start, (end) => {
    if (best === undefined || end > best.end) best = { end, spans: [...spans] }
    return end === subject.text.length
  })
  return best
}
