import { goValue, isMap, sortedKeys } from '../go-value.ts'
import { compactJson } from '../json-text.ts'
import { compare } from './compare.ts'
import { type ListNode, PathError, type PathNode } from './nodes.ts'
import { parseJsonPath } from './parse.ts'

// biome-ignore lint/suspicious/noExplicitAny: paths go through data of any shape
type Obj = any

export { PathError } from './nodes.ts'
export { relaxedJsonPath } from './parse.ts'

/** Evaluates a template (client-go util/jsonpath/jsonpath.go); `allowMissing`: a missing field yields nothing instead of an error. */
export class JsonPath {
  private readonly root: ListNode
  private readonly allowMissing: boolean
  private beginRange = 0
  private inRange = 0
  private endRange = 0
  private lastEnd: PathNode | undefined

  constructor(template: string, allowMissing: boolean) {
    this.root = parseJsonPath(template)
    this.allowMissing = allowMissing
  }

  /** The text the template prints for `data`. */
  execute(data: Obj): string {
    return this.results(data)
      .map((values) => values.map(pathText).join(' '))
      .join('')
  }

  /** The values of every top-level action, one list each. */
  results(data: Obj): Obj[][] {
    return this.find(data, this.root.nodes)
  }

  /** FindResults: a range walks what follows it for each of its values, up to the end that closes it. */
  private find(data: Obj, nodes: readonly PathNode[]): Obj[][] {
    const out: Obj[][] = []
    for (let i = 0; i < nodes.length; i++) {
      const results = this.walk([data], nodes[i]!)
      if (this.endRange > 0 && this.endRange <= this.inRange) {
        this.endRange--
        this.lastEnd = nodes[i]
        break
      }
      if (this.beginRange === 0) {
        out.push(results)
        continue
      }
      this.beginRange--
      this.inRange++
      const rest = nodes.slice(i + 1)
      for (const value of results) out.push(...this.find(value, rest))
      // Without values the nodes are still walked, to find the end.
      if (results.length === 0) this.find(undefined, rest)
      this.inRange--
      const end = this.lastEnd === undefined ? -1 : nodes.indexOf(this.lastEnd, i + 1)
      if (end >= 0) i = end
    }
    return out
  }

  private walk(values: readonly Obj[], node: PathNode): Obj[] {
    switch (node.type) {
      case 'list': {
        let current = [...values]
        for (const inner of node.nodes) current = this.walk(current, inner)
        return current
      }
      case 'text':
        return [node.text]
      case 'number':
      case 'bool':
        return values.map(() => node.value)
      case 'identifier':
        return this.identifier(values, node.name)
      case 'field':
        return this.field(values, node.name)
      case 'array':
        return values.flatMap((value) => slice(value, node.params))
      case 'union':
        return node.nodes.flatMap((inner) => this.walk(values, inner))
      case 'wildcard':
        return values.flatMap(children)
      case 'recursive':
        return values.flatMap(descend)
      case 'filter':
        return values.flatMap((value) => this.filter(value, node))
    }
  }

  private identifier(values: readonly Obj[], name: string): Obj[] {
    if (name === 'range') {
      this.beginRange++
      return [...values]
    }
    if (name !== 'end') throw new PathError(`unrecognized identifier ${name}`, values.length > 0)
    if (this.inRange === 0) throw new PathError('not in range, nothing to end')
    this.endRange++
    return []
  }

  private field(values: readonly Obj[], name: string): Obj[] {
    if (values.length === 0) return []
    const out: Obj[] = []
    for (const value of values) {
      if (isMap(value) && Object.hasOwn(value, name) && value[name] !== undefined) out.push(value[name])
    }
    if (out.length === 0 && !this.allowMissing) throw new PathError(`${name} is not found`)
    return out
  }

  private filter(value: Obj, node: Extract<PathNode, { type: 'filter' }>): Obj[] {
    if (!Array.isArray(value)) throw new PathError(`${goValue(value)} is not array or slice and cannot be filtered`)
    return value.filter((item) => {
      if (node.operator === 'exists') return this.exists(item, node.left)
      const left = only(this.walk([item], node.left))
      if (left === undefined) return false
      const right = only(this.walk([item], node.right))
      return right === undefined ? false : compare(left.value, right.value, node.operator, floats(node))
    })
  }

  private exists(item: Obj, node: PathNode): boolean {
    try {
      return this.walk([item], node).length > 0
    } catch (error) {
      if (error instanceof PathError) return error.reached
      throw error
    }
  }
}

function only(values: readonly Obj[]): { value: Obj } | undefined {
  if (values.length > 1) throw new PathError('can only compare one element at a time')
  return values.length === 0 ? undefined : { value: values[0] }
}

/** Whether the right side is a number written with a point, which no whole number compares with. */
function floats(node: Extract<PathNode, { type: 'filter' }>): boolean {
  const literal = node.right.nodes[0]
  return literal?.type === 'number' && literal.float
}

function slice(value: Obj, params: Extract<PathNode, { type: 'array' }>['params']): Obj[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new PathError(`${goType(value)} is not array or slice`, true)
  const { length } = value
  const [first, last, stride] = params as [(typeof params)[0], (typeof params)[0], (typeof params)[0]]
  let from = first.known ? first.value : 0
  let to = last.known ? last.value : length
  if (from < 0) from += length
  if (to < 0 || (to === 0 && last.derived)) to += length
  if (from === to) return []
  if (from >= length || from < 0) throw new PathError(`array index out of bounds: index ${from}, length ${length}`, true)
  if (to > length || to < 0) throw new PathError(`array index out of bounds: index ${to - 1}, length ${length}`, true)
  if (from > to) throw new PathError(`starting index ${from} is greater than ending index ${to}`, true)
  if (stride.known && stride.value <= 0) throw new PathError('step must be > 0')
  const step = stride.known ? stride.value : 1
  return value.slice(from, to).filter((_, i) => i % step === 0)
}

function goType(value: Obj): string {
  if (isMap(value)) return 'map[string]interface {}'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  return Number.isInteger(value) ? 'int64' : 'float64'
}

function children(value: Obj): Obj[] {
  if (Array.isArray(value)) return [...value]
  return isMap(value) ? sortedKeys(value).map((key) => value[key]) : []
}

/** Every map and list below a value, itself included; a string's bytes count as below it. */
function descend(value: Obj): Obj[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  const below = children(value)
  return below.length === 0 ? [] : [value, ...below.flatMap(descend)]
}

/** A result as it is printed: strings bare, maps and lists as JSON. */
export function pathText(value: Obj): string {
  if (value === null || value === undefined) return 'null'
  return typeof value === 'object' ? compactJson(value) : goValue(value)
}
