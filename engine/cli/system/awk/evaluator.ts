import { InvariantError } from '../../../base/invariant.ts'
import type { Regex } from '../regex/regex.ts'
import { AwkArray, arrayKey } from './arrays.ts'
import type { BinaryOp, CompareOp, Expr, Place } from './ast.ts'
import { replace, substr } from './builtins.ts'
import { format, numberText, TooFew } from './format.ts'
import { Frames, type Slot, scalar } from './frame.ts'
import { RunError } from './io.ts'
import { awkPattern } from './patterns.ts'
import { GlibcRandom } from './random.ts'
import { Record } from './record.ts'
import { fieldSeparator, splitText } from './records.ts'
import { compare, Input, isTrue, toNumber, type Value } from './values.ts'

/** An expression whose value is known already (what had to wait). */
export interface Held {
  readonly type: 'held'
  readonly slot: Slot
}

/** Computes whatever needs no waiting. */
export abstract class Evaluator {
  readonly frames = new Frames()
  readonly record: Record
  protected abstract readonly file: string
  private random: GlibcRandom
  private seed: number
  private readonly patterns = new Map<string, Regex>()

  constructor(seed: number) {
    this.seed = seed
    this.random = new GlibcRandom(seed)
    this.record = new Record(
      (value) => this.text(value),
      (name) => this.text(this.frames.globals.get(name)),
    )
  }

  array(name: string): AwkArray {
    return this.frames.array({ name, local: -1 })
  }

  protected abstract callNow(expr: Expr & { type: 'call' }): Value

  text(value: Value): string {
    if (typeof value === 'string') return value
    if (value === undefined) return ''
    if (typeof value === 'number') return numberText(value, this.plain('CONVFMT'))
    return value.text
  }

  /** As print writes it: numbers by OFMT. */
  printed(value: Value): string {
    return typeof value === 'number' ? numberText(value, this.plain('OFMT')) : this.text(value)
  }

  private plain(name: string): string {
    const value = this.frames.globals.get(name)
    return typeof value === 'string' ? value : value instanceof Input ? value.text : '%.6g'
  }

  protected value(expr: Expr): Value {
    const { frames } = this
    switch (expr.type) {
      case 'number':
      case 'string':
        return expr.value
      case 'regex':
        return expr.regex.test(this.text(this.record.get(0))) ? 1 : 0
      case 'var':
      case 'field':
      case 'index':
        return this.read(expr)
      case 'group':
        return this.value(expr.items[0] as Expr)
      case 'binary':
        return arithmetic(expr.op, toNumber(this.value(expr.left)), toNumber(this.value(expr.right)))
      case 'compare': {
        const left = this.value(expr.left)
        return compares(
          expr.op,
          compare(left, this.value(expr.right), (each) => this.text(each)),
        )
      }
      case 'concat': {
        const left = this.text(this.value(expr.left))
        return left + this.text(this.value(expr.right))
      }
      case 'match': {
        const left = this.text(this.value(expr.left))
        return this.pattern(expr.right).test(left) !== expr.negated ? 1 : 0
      }
      case 'in': {
        const [key, isNumber] = this.key(expr.subscripts)
        return frames.array(expr.array).has(key, isNumber) ? 1 : 0
      }
      case 'and':
        return isTrue(this.value(expr.left)) && isTrue(this.value(expr.right)) ? 1 : 0
      case 'or':
        return isTrue(this.value(expr.left)) || isTrue(this.value(expr.right)) ? 1 : 0
      case 'unary': {
        const of = this.value(expr.of)
        if (expr.op === '!') return isTrue(of) ? 0 : 1
        return expr.op === '-' ? -toNumber(of) : toNumber(of)
      }
      case 'ternary':
        return this.value(isTrue(this.value(expr.test)) ? expr.yes : expr.no)
      case 'assign':
        return this.assigned(expr)
      case 'step': {
        const before = toNumber(this.read(expr.to))
        this.write(expr.to, before + expr.by)
        return expr.prefix ? before + expr.by : before
      }
      case 'builtin':
        return this.builtin(expr.name, expr.args)
      case 'call':
        return this.callNow(expr)
      case 'getline':
        throw new InvariantError('getline waits')
    }
    const held = expr as Held
    return scalar(held.slot)
  }

  private assigned(expr: Expr & { type: 'assign' }): Value {
    let value = this.value(expr.value)
    if (expr.op !== undefined) value = arithmetic(expr.op, toNumber(this.read(expr.to)), toNumber(value))
    this.write(expr.to, value)
    return value
  }

  protected read(place: Place): Value {
    const { frames } = this
    switch (place.type) {
      case 'var': {
        if (place.local >= 0) {
          const slot = frames.locals[place.local]
          if (slot instanceof AwkArray) throw new RunError(`can't use array ${place.name} in scalar context`)
          return scalar(slot)
        }
        return place.name === 'NF' ? this.record.count : frames.globals.get(place.name)
      }
      case 'index': {
        const [key, isNumber] = this.key(place.subscripts)
        return frames.array(place.array).get(key, isNumber)
      }
      case 'field':
        return this.record.get(this.fieldIndex(place.of))
    }
  }

  protected write(place: Place, value: Value): void {
    const { frames, record } = this
    if (place.type === 'field') record.assign(this.fieldIndex(place.of), value)
    else if (place.type === 'index') {
      const [key, isNumber] = this.key(place.subscripts)
      frames.array(place.array).set(key, value, isNumber)
    } else if (place.local >= 0) frames.locals[place.local] = value
    else if (place.name === 'NF') {
      const count = Math.trunc(toNumber(value))
      if (count < 0) throw new RunError('negative value assigned to NF')
      record.count = count
    } else {
      // A record is split by the FS it was read with.
      if (place.name === 'FS') record.split()
      frames.globals.set(place.name, value)
    }
  }

  private fieldIndex(of: Expr): number {
    const index = Math.trunc(toNumber(this.value(of)))
    if (index < 0) throw new RunError(`negative field index $${index}`)
    return index
  }

  protected key(subscripts: readonly Expr[]): readonly [string, boolean] {
    const [only] = subscripts
    const text = (value: Value) => this.text(value)
    if (subscripts.length === 1) return arrayKey(this.value(only as Expr), text)
    return [subscripts.map((each) => this.text(this.value(each))).join(this.text(this.frames.globals.get('SUBSEP'))), false]
  }

  protected pattern(expr: Expr): Regex {
    if (expr.type === 'regex') return expr.regex
    const source = this.text(this.value(expr))
    let regex = this.patterns.get(source)
    if (regex === undefined) {
      regex = awkPattern(source)
      if (this.patterns.size > 500) this.patterns.clear()
      this.patterns.set(source, regex)
    }
    return regex
  }

  protected formatted(args: readonly Expr[], name: string): string {
    const [template = '', ...values] = args.map((arg) => this.value(arg))
    const text = this.text(template)
    try {
      return format(text, values, (value) => this.text(value))
    } catch (error) {
      if (error instanceof TooFew)
        throw Object.assign(new RunError(`not enough arguments passed to ${name}("${text}")`), { made: error.made })
      throw error
    }
  }

  private builtin(name: string, args: readonly Expr[]): Value {
    const [first, second, third] = args
    const text = (expr: Expr | undefined) => this.text(expr === undefined ? this.record.get(0) : this.value(expr))
    const number = (expr: Expr | undefined) => toNumber(expr === undefined ? undefined : this.value(expr))
    switch (name) {
      case 'length':
        return this.length(first)
      case 'substr':
        return substr(text(first), number(second), third === undefined ? undefined : number(third))
      case 'index':
        return text(first).indexOf(text(second)) + 1
      case 'split':
        return this.split(first as Expr, second as Expr, third)
      case 'sub':
      case 'gsub': {
        const regex = this.pattern(first as Expr)
        const replacement = text(second)
        const to: Expr = third ?? { type: 'field', of: { type: 'number', value: 0 } }
        const result = replace(text(to), regex, replacement, name === 'gsub')
        const isPlace = to.type === 'var' || to.type === 'index' || to.type === 'field'
        if (result.count > 0 && isPlace) this.write(to, result.text)
        return result.count
      }
      case 'match': {
        const found = this.pattern(second as Expr).exec(text(first))
        this.frames.globals.set('RSTART', found === undefined ? 0 : found.start + 1)
        this.frames.globals.set('RLENGTH', found === undefined ? -1 : found.end - found.start)
        return found === undefined ? 0 : found.start + 1
      }
      case 'sprintf':
        return this.formatted(args, 'sprintf')
      case 'sin':
        return Math.sin(number(first))
      case 'cos':
        return Math.cos(number(first))
      case 'atan2':
        return Math.atan2(number(first), number(second))
      case 'exp':
        return Math.exp(number(first))
      case 'log':
        return Math.log(number(first))
      case 'sqrt':
        return Math.sqrt(number(first))
      case 'int':
        return Math.trunc(number(first))
      case 'rand':
        return this.random.next() / 0x7fffffff
      case 'srand': {
        const before = this.seed
        this.seed = first === undefined ? this.seed + 1 : number(first)
        this.random = new GlibcRandom(Math.trunc(this.seed))
        return before
      }
      case 'tolower':
        return text(first).replace(/[A-Z]/g, (c) => c.toLowerCase())
      case 'toupper':
        return text(first).replace(/[a-z]/g, (c) => c.toUpperCase())
    }
    throw new InvariantError(`builtin ${name}`)
  }

  private length(of: Expr | undefined): number {
    if (of?.type === 'var') {
      const slot = of.local >= 0 ? this.frames.locals[of.local] : this.frames.arrays.get(of.name)
      if (slot instanceof AwkArray) return slot.size
    }
    const held = of as Held | undefined
    if (held?.type === 'held' && held.slot instanceof AwkArray) return held.slot.size
    return this.text(of === undefined ? this.record.get(0) : this.value(of)).length
  }

  private split(source: Expr, to: Expr, by: Expr | undefined): number {
    const text = this.text(this.value(source))
    const separator =
      by === undefined
        ? fieldSeparator(this.text(this.frames.globals.get('FS')))
        : by.type === 'regex'
          ? ({ type: 'pattern', regex: by.regex } as const)
          : this.splitBy(this.text(this.value(by)))
    const pieces = splitText(text, separator).map((piece) => new Input(piece))
    const held = to as unknown as Held
    const array =
      held.type === 'held' && held.slot instanceof AwkArray ? held.slot : to.type === 'var' ? this.frames.array(to) : undefined
    if (array === undefined) throw new RunError('split into what is no array')
    array.fill(pieces)
    return pieces.length
  }

  private splitBy(text: string) {
    return text === '' ? ({ type: 'paragraphs' } as const) : fieldSeparator(text)
  }
}

function arithmetic(op: BinaryOp, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    case '^':
      return a ** b
  }
}

function compares(op: CompareOp, order: number): number {
  switch (op) {
    case '<':
      return order < 0 ? 1 : 0
    case '<=':
      return order <= 0 ? 1 : 0
    case '==':
      return order === 0 ? 1 : 0
    case '!=':
      return order !== 0 ? 1 : 0
    case '>':
      return order > 0 ? 1 : 0
    case '>=':
      return order >= 0 ? 1 : 0
  }
}
