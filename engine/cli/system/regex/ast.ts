/** Zero-width conditions of POSIX and GNU patterns. */
export type Assertion =
  | 'line start'
  | 'line end'
  | 'text start'
  | 'text end'
  | 'word edge'
  | 'no word edge'
  | 'word start'
  | 'word end'
  | 'after no word'
  | 'before no word'

/** POSIX character classes, and GNU's \w (`word`). */
export type ClassName =
  | 'alpha'
  | 'digit'
  | 'alnum'
  | 'upper'
  | 'lower'
  | 'space'
  | 'blank'
  | 'punct'
  | 'print'
  | 'graph'
  | 'cntrl'
  | 'xdigit'
  | 'word'

/** The characters that one place of a pattern takes. */
export interface CharSet {
  readonly negated: boolean
  /** Code points, first and last. */
  readonly ranges: readonly (readonly [number, number])[]
  readonly classes: readonly ClassName[]
}

/** A parsed pattern. `max` of a repeat is Infinity where there is no bound. */
export type Node =
  | { readonly type: 'set'; readonly set: CharSet }
  | { readonly type: 'seq'; readonly items: readonly Node[] }
  | { readonly type: 'alt'; readonly items: readonly Node[] }
  | { readonly type: 'group'; readonly index: number; readonly body: Node }
  | { readonly type: 'repeat'; readonly body: Node; readonly min: number; readonly max: number }
  | { readonly type: 'assert'; readonly kind: Assertion }
  | { readonly type: 'back'; readonly index: number }

/** Every node under `node`, itself first. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node
  if (node.type === 'seq' || node.type === 'alt') for (const item of node.items) yield* nodesOf(item)
  else if (node.type === 'group' || node.type === 'repeat') yield* nodesOf(node.body)
}
