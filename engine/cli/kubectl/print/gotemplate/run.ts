import { isMap, type Obj } from '../../values.ts'
import { ARITY, CallError, FUNCTIONS, mapKeys, shown, truth, typeName } from './functions.ts'
import { TemplateError } from './lex.ts'
import { type Node, type Pipe, parseTemplate, type Templates, type Term } from './parse.ts'

export { TemplateError } from './lex.ts'

interface Scope {
  readonly dot: Obj
  readonly variables: Map<string, { value: Obj }>
}

/** Ends the innermost range. */
class LoopSignal extends Error {
  readonly kind: 'break' | 'continue'
  constructor(kind: 'break' | 'continue') {
    super(kind)
    this.kind = kind
  }
}

/** Go's text/template over JSON values. `allowMissing`: a missing key prints <no value>; otherwise it is an error. */
export class GoTemplate {
  private readonly templates: Templates
  private readonly allowMissing: boolean
  private readonly source: string
  private out = ''

  constructor(source: string, allowMissing: boolean) {
    this.source = source
    this.templates = parseTemplate(source)
    this.allowMissing = allowMissing
  }

  execute(data: Obj): string {
    this.out = ''
    try {
      this.walk(this.templates.main, { dot: data, variables: new Map([['$', { value: data }]]) })
    } catch (error) {
      if (error instanceof TemplateError) error.written = this.out
      throw error
    }
    return this.out
  }

  private walk(nodes: readonly Node[], scope: Scope): void {
    const inner: Scope = { dot: scope.dot, variables: new Map(scope.variables) }
    for (const node of nodes) this.node(node, inner)
  }

  private node(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'text':
        this.out += node.text
        return
      case 'action': {
        const value = this.pipe(node.pipe, scope)
        if (node.pipe.variables.length === 0) this.out += shown(value)
        return
      }
      case 'if':
      case 'with': {
        const inner: Scope = { dot: scope.dot, variables: new Map(scope.variables) }
        const value = this.pipe(node.pipe, inner)
        const dot = node.type === 'with' && truth(value) ? value : scope.dot
        this.walk(truth(value) ? node.body : node.otherwise, { dot, variables: inner.variables })
        return
      }
      case 'range':
        this.range(node, scope)
        return
      case 'template': {
        const named = this.templates.named.get(node.name)
        if (named === undefined) throw new TemplateError(`template: output: template "${node.name}" not defined`)
        const dot = node.pipe === undefined ? undefined : this.pipe(node.pipe, scope)
        this.walk(named, { dot, variables: new Map([['$', { value: dot }]]) })
        return
      }
      default:
        throw new LoopSignal(node.type)
    }
  }

  private range(node: Extract<Node, { type: 'if' | 'with' | 'range' }>, scope: Scope): void {
    const { variables } = node.pipe
    const value = this.pipe({ ...node.pipe, variables: [] }, scope)
    const pairs = this.pairs(value, node.pipe)
    if (pairs.length === 0) this.walk(node.otherwise, scope)
    for (const [key, item] of pairs) {
      const held = new Map(scope.variables)
      if (variables.length === 1) held.set(variables[0]!, { value: item })
      if (variables.length === 2) {
        held.set(variables[0]!, { value: key })
        held.set(variables[1]!, { value: item })
      }
      try {
        this.walk(node.body, { dot: item, variables: held })
      } catch (error) {
        if (!(error instanceof LoopSignal)) throw error
        if (error.kind === 'break') return
      }
    }
  }

  private pairs(value: Obj, pipe: Pipe): [Obj, Obj][] {
    if (value === null || value === undefined) return []
    if (Array.isArray(value)) return value.map((item, i) => [BigInt(i), item])
    if (isMap(value)) return mapKeys(value).map((key) => [key, value[key]])
    if (typeof value === 'bigint') return Array.from({ length: Number(value) }, (_, i) => [BigInt(i), BigInt(i)])
    throw this.failed(pipe, `range can't iterate over ${shown(value)}`)
  }

  private pipe(pipe: Pipe, scope: Scope): Obj {
    let value: Obj
    pipe.commands.forEach((command, i) => {
      value = this.command(command, scope, i > 0 ? [value] : [])
    })
    for (const name of pipe.variables) {
      const held = scope.variables.get(name)
      if (pipe.assign && held !== undefined) held.value = value
      else scope.variables.set(name, { value })
    }
    return value
  }

  private command(terms: readonly Term[], scope: Scope, last: readonly Obj[]): Obj {
    const head = terms[0]!
    if (head.operand.type !== 'function') {
      if (terms.length > 1 || last.length > 0) {
        if (head.operand.type === 'literal' || head.fields.length === 0)
          throw this.failed(head, `can't give argument to non-function ${head.text}`)
        throw this.failed(head, `${head.fields.at(-1)} is not a method but has arguments`)
      }
      return this.term(head, scope)
    }
    const { name } = head.operand
    if (name === 'and' || name === 'or') return this.shortCircuit(name, terms.slice(1), scope, last)
    const args = [...terms.slice(1).map((t) => this.term(t, scope)), ...last]
    const at = { text: terms.map((t) => t.text).join(' '), pos: head.pos }
    if (name === 'call') {
      const what = terms[1]?.text ?? ''
      throw this.failed(
        at,
        args.length === 0
          ? 'wrong number of args for call: want at least 1 got 0'
          : args[0] === null || args[0] === undefined
            ? 'error calling call: call of nil'
            : `error calling call: non-function ${what} of type ${typeName(args[0])}`,
      )
    }
    return this.fields(this.call(name, args, at), head, scope)
  }

  private shortCircuit(name: 'and' | 'or', terms: readonly Term[], scope: Scope, last: readonly Obj[]): Obj {
    let value: Obj
    for (const term of terms) {
      value = this.term(term, scope)
      if (truth(value) === (name === 'or')) return value
    }
    return last.length > 0 ? last[0] : value
  }

  private call(name: string, args: Obj[], at: Place): Obj {
    const [least, most] = ARITY[name] ?? [
      ['print', 'println', 'html', 'js', 'urlquery'].includes(name) ? 0 : 1,
      Number.POSITIVE_INFINITY,
    ]
    if (args.length < least || args.length > most) {
      const want = most === Number.POSITIVE_INFINITY ? `at least ${least}` : String(least)
      throw this.failed({ text: name, pos: at.pos }, `wrong number of args for ${name}: want ${want} got ${args.length}`)
    }
    try {
      return FUNCTIONS[name]!(...args)
    } catch (error) {
      if (error instanceof CallError) throw this.failed(at, `error calling ${name}: ${error.message}`)
      throw error
    }
  }

  private term(term: Term, scope: Scope): Obj {
    const { operand } = term
    switch (operand.type) {
      case 'dot':
        return this.fields(scope.dot, term, scope)
      case 'nil':
        return null
      case 'literal':
        return operand.value
      case 'variable':
        return this.fields(scope.variables.get(operand.name)?.value, term, scope)
      case 'pipe':
        return this.fields(this.pipe(operand.pipe, scope), term, scope)
      case 'function':
        return this.fields(this.call(operand.name, [], term), term, scope)
    }
  }

  private fields(start: Obj, term: Term, _scope: Scope): Obj {
    let value = start
    for (const [i, name] of term.fields.entries()) {
      if (value === undefined || value === null) {
        if (i === 0) return undefined
        throw this.failed(term, `nil pointer evaluating interface {}.${name}`)
      }
      if (!isMap(value)) throw this.failed(term, `can't evaluate field ${name} in type interface {}`)
      if (!Object.hasOwn(value, name) && !this.allowMissing)
        throw this.failed(term, `map has no entry for key ${JSON.stringify(name)}`)
      value = value[name]
    }
    return value
  }

  private failed(at: Place, why: string): TemplateError {
    const before = this.source.slice(0, at.pos)
    const line = before.split('\n').length
    const column = at.pos - (before.lastIndexOf('\n') < 0 ? 0 : before.lastIndexOf('\n') + 1)
    return new TemplateError(`template: output:${line}:${column}: executing "output" at <${at.text}>: ${why}`)
  }
}

/** What an error points at. */
interface Place {
  readonly text: string
  readonly pos: number
}
