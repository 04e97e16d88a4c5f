/** A node of a JSONPath template (client-go util/jsonpath/node.go). */
export type PathNode =
  | { readonly type: 'text'; readonly text: string }
  | ListNode
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'array'; readonly params: readonly ArrayParam[] }
  | { readonly type: 'filter'; readonly left: ListNode; readonly right: ListNode; readonly operator: string }
  | { readonly type: 'union'; readonly nodes: readonly ListNode[] }
  | { readonly type: 'number'; readonly value: number; readonly float: boolean }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }

export interface ListNode {
  readonly type: 'list'
  readonly nodes: PathNode[]
}

export interface ArrayParam {
  readonly value: number
  readonly known: boolean
  /** Not written: the index behind a lone one. */
  readonly derived?: boolean
}

/** A template that does not parse or cannot be evaluated; the message is the library's. */
export class PathError extends Error {
  /** Whether values had come as far as the mistake: a filter for existence counts them. */
  readonly reached: boolean
  constructor(text: string, reached = false) {
    super(text)
    this.reached = reached
  }
}
