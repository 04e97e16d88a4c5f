import { compactJson } from '../json-text.ts'
import { goValue, isMap, sortedKeys } from '../go-value.ts'
import { PathError, type PathNode, parseJsonPath } from './parse.ts'

// biome-ignore lint/suspicious/noExplicitAny: paths go through data of any shape
type Obj = any

export { PathError, relaxedJsonPath } from './parse.ts'

/** Evaluates a template; `allowMissing`: a missing field yields nothing instead of an error. */
export class JsonPath {
  private readonly root: Extract<PathNode, { type: 'list' }>
  private readonly allowMissing: boolean

  constructor(template: string, allowMissing: boolean) {
    this.root = parseJsonPath(template)
    this.allowMissing = allowMissing
  }

  /** The text the template prints for `data`. */
  execute(data: Obj): string {
    return this.results(data)
      .map((values) => values.map(text).join(' '))
      .join('')
  }

  /** The values of every top-level action, one list each. */
  results(data: Obj): Obj[][] {
    return this.walkAll(data, this.root.nodes)
  }

  private walkAll(data: Obj, nodes: readonly PathNode[]): Obj[][] {
    const out: Obj[][] = []
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!
      if (isRange(node)) {
        const end = matchingEnd(nodes, i)
        if (end < 0) throw new PathError('unexpected end')
        const query = { type: 'list', nodes: (node as Extract<PathNode, { type: 'list' }>).nodes.slice(1) } as const
        for (const value of this.evaluate([data], query)) out.push(...this.walkAll(value, nodes.slice(i + 1, end)))
        i = end
        continue
      }
      if (isEnd(node)) throw new PathError('not in range, nothing to end')
      out.push(this.evaluate([data], node))
    }
    return out
  }

  private evaluate(values: readonly Obj[], node: PathNode): Obj[] {
    switch (node.type) {
      case 'list': {
        let current = [...values]
        for (const inner of node.nodes) current = this.evaluate(current, inner)
        return current
      }
      case 'text':
        return [node.text]
      case 'number':
      case 'bool':
        return values.map(() => node.value)
      case 'identifier':
        throw new PathError(`unrecognized identifier ${node.name}`)
      case 'field':
        return this.field(values, node.name)
      case 'array':
        return values.flatMap((value) => this.slice(value, node.params))
      case 'union':
        return node.nodes.flatMap((inner) => this.evaluate(values, inner))
      case 'wildcard':
        return values.flatMap(children)
      case 'recursive':
        return values.flatMap(descend)
      case 'filter':
        return values.flatMap((value) => this.filter(value, node))
    }
  }

  private field(values: readonly Obj[], name: string): Obj[] {
    const out: Obj[] = []
    for (const value of values) {
      if (name === '') out.push(value)
      else if (isMap(value) && Object.hasOwn(value, name) && value[name] !== undefined) out.push(value[name])
    }
    if (out.length === 0 && !this.allowMissing && values.length > 0) throw new PathError(`${name} is not found`)
    if (out.length === 0 && !this.allowMissing) throw new PathError(`${name} is not found`)
    return out
  }

  private slice(value: Obj, given: readonly { value: number; known: boolean }[]): Obj[] {
    if (!Array.isArray(value)) throw new PathError(`${goValue(value)} is not array or slice`)
    const length = value.length
    const [a, b, c] = given.map((p) => ({ ...p })) as [Param, Param, Param]
    const single = a.known && b.known && b.value === a.value + 1
    if (!a.known) a.value = 0
    if (a.value < 0) a.value += length
    if (!b.known) b.value = length
    if (b.value < 0 || (b.value === 0 && single)) b.value += length
    if (single && b.value <= a.value) b.value = a.value + 1
    if (a.value !== b.value) {
      if (a.value >= length || a.value < 0) {
        if (single || a.known) throw new PathError(`array index out of bounds: index ${a.value}, length ${length}`)
        return []
      }
      if (b.value > length || b.value < 0)
        throw new PathError(`array index out of bounds: index ${b.value - 1}, length ${length}`)
    }
    const step = c.known ? c.value : 1
    if (step <= 0) throw new PathError('step must be > 0')
    const out: Obj[] = []
    for (let i = a.value; i < b.value; i += step) out.push(value[i])
    return out
  }

  private filter(value: Obj, node: Extract<PathNode, { type: 'filter' }>): Obj[] {
    if (!Array.isArray(value)) {
      if (isMap(value)) return []
      throw new PathError(`${goValue(value)} is not array or slice and cannot be filtered`)
    }
    return value.filter((item) => {
      const lefts = this.quiet(item, node.left)
      if (node.operator === 'exists') return lefts.length > 0
      const rights = this.quiet(item, node.right)
      if (lefts.length === 0 || rights.length === 0) return false
      if (lefts.length > 1) throw new PathError('can only compare one element at a time')
      return compare(lefts[0], rights[0], node.operator)
    })
  }

  private quiet(item: Obj, node: PathNode): Obj[] {
    try {
      return this.evaluate([item], node)
    } catch (error) {
      if (error instanceof PathError) return []
      throw error
    }
  }
}

interface Param {
  value: number
  known: boolean
}

function isRange(node: PathNode): boolean {
  return node.type === 'list' && node.nodes[0]?.type === 'identifier' && node.nodes[0].name === 'range'
}

function isEnd(node: PathNode): boolean {
  return node.type === 'list' && node.nodes[0]?.type === 'identifier' && node.nodes[0].name === 'end'
}

function matchingEnd(nodes: readonly PathNode[], from: number): number {
  let depth = 0
  for (let i = from; i < nodes.length; i++) {
    if (isRange(nodes[i]!)) depth++
    else if (isEnd(nodes[i]!) && --depth === 0) return i
  }
  return -1
}

function children(value: Obj): Obj[] {
  if (Array.isArray(value)) return [...value]
  return isMap(value) ? sortedKeys(value).map((key) => value[key]) : []
}

/** The value and everything below it. */
function descend(value: Obj): Obj[] {
  const below = children(value)
  if (below.length === 0 && !Array.isArray(value) && !isMap(value)) return []
  return [value, ...below.flatMap(descend)]
}

function compare(left: Obj, right: Obj, operator: string): boolean {
  if (operator === '==') return left === right
  if (operator === '!=') return left !== right
  if (typeof left !== typeof right) throw new PathError('incompatible types for comparison')
  if (operator === '<') return left < right
  if (operator === '<=') return left <= right
  return operator === '>' ? left > right : left >= right
}

/** A result as it is printed: strings bare, everything else as JSON. */
function text(value: Obj): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  return compactJson(value)
}
