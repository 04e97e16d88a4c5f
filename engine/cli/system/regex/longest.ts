import type { CharSet, Node } from './ast.ts'
import { type Matcher, type Spans, type Subject, TooHard } from './subject.ts'

/** Steps of a search through one text after which it counts as too hard: some seconds. */
const MOST_STEPS = 30_000_000

/**
 * The leftmost longest match, for patterns without back-references: every node's possible ends at a place are computed once (never
 * exponential). Of the ways to reach the longest end, groups show the one that glibc's NFA walk prefers (regexec.c's
 * proceed_next_node): the first alternative, the greedier repeat.
 */
export const longestMatch: Matcher = (node, subject) => {
  const search = new Search(subject)
  return (start) => {
    const ends = search.ends(node, start)
    if (ends.length === 0) return undefined
    const end = ends.reduce((a, b) => Math.max(a, b))
    const spans: Spans = []
    search.split(node, start, end, spans)
    return { end, spans }
  }
}

class Search {
  private readonly subject: Subject
  private readonly known = new Map<Node, Map<number, readonly number[]>>()
  private readonly tails = new Map<Node, Node[]>()
  private steps = 0

  constructor(subject: Subject) {
    this.subject = subject
  }

  /** Where the node can end when it begins at `at`, in the order in which ways are preferred. */
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
        return [...new Set(node.items.flatMap((item) => this.ends(item, at)))]
      case 'seq': {
        const [first, ...rest] = node.items
        if (first === undefined) return [at]
        if (rest.length === 0) return this.ends(first, at)
        const tail = this.tail(node, 1)
        const all = new Set<number>()
        for (const middle of this.ends(first, at)) for (const end of this.ends(tail, middle)) all.add(end)
        return [...all]
      }
      case 'repeat':
        return this.repeatEnds(node.body, node.min, node.max, at)
      default:
        return []
    }
  }

  private repeatEnds(body: Node, min: number, max: number, at: number): readonly number[] {
    if (body.type === 'set') return this.run(body.set, min, max, at)
    // Depth first: one more round before staying.
    const found = new Set<number>()
    const seen = new Set<string | number>()
    const stack: { readonly at: number; readonly round: number; readonly ends: readonly number[]; next: number }[] = []
    const enter = (here: number, round: number) => {
      const key = round >= min && max === Number.POSITIVE_INFINITY ? here : `${here} ${round}`
      if (seen.has(key)) return
      seen.add(key)
      stack.push({ at: here, round, ends: round < max ? this.ends(body, here) : [], next: 0 })
    }
    enter(at, 0)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (++this.steps > MOST_STEPS) throw new TooHard()
      const end = top.ends[top.next++]
      if (end === undefined) {
        if (top.round >= min) found.add(top.at)
        stack.pop()
        // Rounds that take nothing may be had as often as needed; one more changes nothing.
      } else if (end > top.at || top.round < min) enter(end, end === top.at ? Math.max(min, top.round + 1) : top.round + 1)
    }
    return [...found]
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
    this.steps += found.length
    return found.reverse()
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
