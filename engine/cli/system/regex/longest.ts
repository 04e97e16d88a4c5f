import type { CharSet, Node } from './ast.ts'
import type { Matcher, Spans, Subject } from './subject.ts'

/**
 * POSIX's leftmost-longest rule for patterns without back-references: every node's possible ends at a place are computed once
 * (never exponential), then the longest way is split among the parts, earlier ones taking as much as they can.
 */
export const longestMatch: Matcher = (node, subject) => {
  const search = new Search(subject)
  return (start) => {
    const [end] = search.ends(node, start)
    if (end === undefined) return undefined
    const spans: Spans = []
    search.split(node, start, end, spans)
    return { end, spans }
  }
}

class Search {
  private readonly subject: Subject
  private readonly known = new Map<Node, Map<number, readonly number[]>>()
  private readonly tails = new Map<Node, Node[]>()

  constructor(subject: Subject) {
    this.subject = subject
  }

  /** Where the node can end when it begins at `at`, longest first. */
  ends(node: Node, at: number): readonly number[] {
    if (node.type === 'set') {
      const next = this.subject.step(node.set, at)
      return next < 0 ? [] : [next]
    }
    if (node.type === 'assert') return this.subject.holds(node.kind, at) ? [at] : []
    let memo = this.known.get(node)
    if (memo === undefined) {
      memo = new Map()
      this.known.set(node, memo)
    }
    let found = memo.get(at)
    if (found === undefined) {
      found = this.compute(node, at)
      memo.set(at, found)
    }
    return found
  }

  private compute(node: Node, at: number): readonly number[] {
    switch (node.type) {
      case 'group':
        return this.ends(node.body, at)
      case 'alt':
        return sorted(new Set(node.items.flatMap((item) => this.ends(item, at))))
      case 'seq': {
        const [first, ...rest] = node.items
        if (first === undefined) return [at]
        if (rest.length === 0) return this.ends(first, at)
        const tail = this.tail(node, 1)
        const all = new Set<number>()
        for (const middle of this.ends(first, at)) for (const end of this.ends(tail, middle)) all.add(end)
        return sorted(all)
      }
      case 'repeat':
        return this.repeatEnds(node.body, node.min, node.max, at)
      default:
        return []
    }
  }

  private repeatEnds(body: Node, min: number, max: number, at: number): readonly number[] {
    if (body.type === 'set') return this.run(body.set, min, max, at)
    let level = new Set([at])
    for (let i = 0; i < min; i++) {
      const next = this.next(body, level)
      // A body that can only stay where it is stays there however often.
      if (next.size === level.size && [...next].every((end) => level.has(end))) break
      level = next
      if (level.size === 0) return []
    }
    const all = new Set(level)
    for (let i = min; i < max; i++) {
      const next = this.next(body, level)
      level = new Set([...next].filter((end) => !all.has(end)))
      if (level.size === 0) break
      for (const end of level) all.add(end)
    }
    return sorted(all)
  }

  /** The ends of a run of characters of one set. */
  private run(set: CharSet, min: number, max: number, at: number): readonly number[] {
    const found: number[] = min === 0 ? [at] : []
    let here = at
    for (let count = 1; count <= max; count++) {
      here = this.subject.step(set, here)
      if (here < 0) break
      if (count >= min) found.push(here)
    }
    return found.reverse()
  }

  private next(body: Node, from: ReadonlySet<number>): Set<number> {
    const next = new Set<number>()
    for (const at of from) for (const end of this.ends(body, at)) next.add(end)
    return next
  }

  /** The rest of a sequence from its item `from` on, as a node of its own. */
  private tail(node: Node & { type: 'seq' }, from: number): Node {
    let tails = this.tails.get(node)
    if (tails === undefined) {
      tails = []
      this.tails.set(node, tails)
    }
    tails[from] ??= from === node.items.length - 1 ? (node.items[from] as Node) : { type: 'seq', items: node.items.slice(from) }
    return tails[from]
  }

  /** Notes where the groups of a node lie that begins at `at` and ends at `end`. */
  split(node: Node, at: number, end: number, spans: Spans): void {
    switch (node.type) {
      case 'group':
        spans[node.index] = [at, end]
        this.split(node.body, at, end, spans)
        return
      case 'alt': {
        const taken = node.items.find((item) => this.ends(item, at).includes(end))
        if (taken !== undefined) this.split(taken, at, end, spans)
        return
      }
      case 'seq': {
        const [first, ...rest] = node.items
        if (first === undefined) return
        if (rest.length === 0) {
          this.split(first, at, end, spans)
          return
        }
        const tail = this.tail(node, 1)
        const middle = this.ends(first, at).find((each) => this.ends(tail, each).includes(end)) as number
        this.split(first, at, middle, spans)
        this.split(tail, middle, end, spans)
        return
      }
      case 'repeat':
        this.splitRepeat(node, at, end, spans)
        return
      default:
    }
  }

  private splitRepeat({ body, min, max }: Node & { type: 'repeat' }, at: number, end: number, spans: Spans): void {
    let here = at
    for (let done = 0; done < max; done++) {
      const least = Math.max(0, min - done - 1)
      const most = max - done - 1
      if (here === end && done >= min && done > 0) return
      const next = this.ends(body, here).find(
        (each) => (each > here || here === end) && this.repeatEnds(body, least, most, each).includes(end),
      )
      if (next === undefined) return
      this.split(body, here, next, spans)
      if (next === here && done + 1 >= min) return
      here = next
    }
  }
}

function sorted(ends: Set<number>): readonly number[] {
  return [...ends].sort((a, b) => b - a)
}
