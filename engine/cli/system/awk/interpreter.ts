import type { CommandContext } from '../../command.ts'
import type { Expr, Program, Stmt } from './ast.ts'
import { Evaluator, type Held } from './evaluator.ts'
import type { Slot } from './frame.ts'
import { AwkIo, RunError } from './io.ts'
import { MainInput } from './main-input.ts'
import { recordSeparator } from './records.ts'
import { findWaiting, partsOf, type Waiting, withParts } from './slow.ts'
import { Input, isTrue, type Value } from './values.ts'

/** How a statement left the way straight on. */
type Leave = 'break' | 'continue' | 'next' | 'nextfile' | { readonly exit: number | undefined } | { readonly value: Value }

/** Leaves a function's caller too. */
class Unwind extends Error {
  readonly leave: Leave
  constructor(leave: Leave) {
    super('unwind')
    this.leave = leave
  }
}

/** A program that turns its loops for ever. */
export class Endless extends Error {}

type Steps<T> = Generator<Promise<unknown>, T, never>

/** Loop turns after which a program counts as endless. */
const MOST_TURNS = 30_000_000
const DEEPEST = 1500

/** Runs a program; what must wait is yielded as a promise. */
export class Interpreter extends Evaluator {
  private readonly context: CommandContext
  private readonly program: Program
  private readonly waiting: Waiting
  private readonly io: AwkIo
  private readonly input: MainInput
  private readonly inRange: boolean[] = []
  private turns = 0
  private depth = 0

  constructor(context: CommandContext, program: Program, operands: readonly string[]) {
    super(Math.floor(context.machine.dice.next() * 0x7fffffff))
    this.context = context
    this.program = program
    this.waiting = findWaiting(program)
    this.io = new AwkIo(context)
    this.input = new MainInput(context, this, operands)
  }

  protected get file(): string {
    return this.text(this.frames.globals.get('FILENAME'))
  }

  /** The exit code. */
  async run(): Promise<number> {
    const steps = this.whole()
    let given: unknown
    for (;;) {
      const { done, value } = steps.next(given as never)
      if (done) return value
      given = await value
      if (this.context.signal.aborted) return 130
    }
  }

  private *whole(): Steps<number> {
    let exit = 0
    let left: Leave | undefined
    const { begin, rules, end } = this.program
    for (const body of begin) if (left === undefined) left = yield* this.guarded(body)
    if (isExit(left)) exit = left.exit ?? exit
    else {
      left = undefined
      if (rules.length > 0 || end.length > 0) left = yield* this.records()
      if (isExit(left)) exit = left.exit ?? exit
    }
    // exit outside BEGIN's own end still runs END, once.
    if (!(isExit(left) && rules.length === 0 && end.length === 0)) {
      for (const body of end) {
        const last: Leave | undefined = yield* this.guarded(body)
        if (!isExit(last)) continue
        exit = last.exit ?? exit
        break
      }
    }
    yield this.io.finish()
    return exit
  }

  private *records(): Steps<Leave | undefined> {
    for (;;) {
      const record = (yield this.input.next()) as string | undefined
      if (record === undefined) return undefined
      this.record.set(new Input(record))
      for (const [i, { from, to, body }] of this.program.rules.entries()) {
        let selected = true
        if (from !== undefined && to !== undefined) {
          selected = this.inRange[i] === true || isTrue(yield* this.evaluate(from))
          if (selected) this.inRange[i] = !isTrue(yield* this.evaluate(to))
        } else if (from !== undefined) selected = isTrue(this.waiting.has(from) ? yield* this.evaluate(from) : this.value(from))
        if (!selected) continue
        if (body === undefined) {
          this.context.stdout.write(this.text(this.record.get(0)) + this.text(this.frames.globals.get('ORS')))
          continue
        }
        const left: Leave | undefined = yield* this.guarded(body)
        if (left === 'next') break
        if (left === 'nextfile') {
          this.input.skipFile()
          break
        }
        if (left !== undefined) return left
      }
    }
  }

  private *guarded(body: readonly Stmt[]): Steps<Leave | undefined> {
    try {
      return yield* this.all(body)
    } catch (error) {
      if (error instanceof Unwind) return error.leave
      throw error
    }
  }

  private *all(body: readonly Stmt[]): Steps<Leave | undefined> {
    for (const stmt of body) {
      if (stmt.type === 'expr' && !this.waiting.has(stmt)) {
        this.value(stmt.expr)
        continue
      }
      const left: Leave | undefined = yield* this.exec(stmt)
      if (left !== undefined) return left
    }
    return undefined
  }

  private *exec(stmt: Stmt): Steps<Leave | undefined> {
    switch (stmt.type) {
      case 'expr':
        yield* this.evaluate(stmt.expr)
        return undefined
      case 'print':
      case 'printf':
        yield* this.print(stmt)
        return undefined
      case 'block':
        return yield* this.all(stmt.body)
      case 'if': {
        const branch = isTrue(yield* this.evaluate(stmt.test)) ? stmt.yes : stmt.no
        return branch === undefined ? undefined : yield* this.exec(branch)
      }
      case 'while':
      case 'do':
      case 'for':
        return yield* this.loop(stmt)
      case 'for in': {
        for (const key of this.frames.array(stmt.array).keys()) {
          this.turn()
          this.write(stmt.to, new Input(key))
          const left: Leave | undefined = yield* this.exec(stmt.body)
          if (left === 'break') break
          if (left !== undefined && left !== 'continue') return left
        }
        return undefined
      }
      case 'exit': {
        const value = stmt.value === undefined ? undefined : yield* this.evaluate(stmt.value)
        return { exit: value === undefined ? undefined : Math.trunc(Number(this.number(value))) & 0xff }
      }
      case 'return':
        return { value: stmt.value === undefined ? undefined : yield* this.evaluate(stmt.value) }
      case 'delete': {
        const array = this.frames.array(stmt.array)
        if (stmt.subscripts === undefined) array.clear()
        else array.delete(this.key(stmt.subscripts)[0])
        return undefined
      }
      default:
        return stmt.type
    }
  }

  private *loop(stmt: Stmt & { type: 'while' | 'do' | 'for' }): Steps<Leave | undefined> {
    if (stmt.type === 'for' && stmt.init !== undefined) yield* this.evaluate(stmt.init)
    for (let first = true; ; first = false) {
      const skipsTest = stmt.test === undefined || (first && stmt.type === 'do')
      if (!skipsTest) {
        const test = stmt.test as Expr
        if (!isTrue(this.waiting.has(test) ? yield* this.evaluate(test) : this.value(test))) return undefined
      }
      this.turn()
      const left: Leave | undefined = yield* this.exec(stmt.body)
      if (left === 'break') return undefined
      if (left !== undefined && left !== 'continue') return left
      if (stmt.type === 'for' && stmt.step !== undefined) yield* this.evaluate(stmt.step)
    }
  }

  private turn(): void {
    if (++this.turns > MOST_TURNS) throw new Endless()
  }

  private *print(stmt: Stmt & { type: 'print' | 'printf' }): Steps<void> {
    const args: Expr[] = []
    for (const arg of stmt.args) args.push(yield* this.settled(arg))
    const target = stmt.target === undefined ? '' : this.text(yield* this.evaluate(stmt.target))
    const { globals } = this.frames
    if (stmt.type === 'print') {
      const words = args.length === 0 ? [this.text(this.record.get(0))] : args.map((arg) => this.printed(this.value(arg)))
      this.io.output(stmt.to, target).write(words.join(this.text(globals.get('OFS'))) + this.text(globals.get('ORS')))
      return
    }
    try {
      this.io.output(stmt.to, target).write(this.formatted(args, 'printf'))
    } catch (error) {
      const { made } = error as { made?: string }
      if (made !== undefined) this.io.output(stmt.to, target).write(made)
      throw error
    }
  }

  /** The value of any expression. */
  private *evaluate(expr: Expr): Steps<Value> {
    if (!this.waiting.has(expr)) return this.value(expr)
    switch (expr.type) {
      case 'and':
        return isTrue(yield* this.evaluate(expr.left)) && isTrue(yield* this.evaluate(expr.right)) ? 1 : 0
      case 'or':
        return isTrue(yield* this.evaluate(expr.left)) || isTrue(yield* this.evaluate(expr.right)) ? 1 : 0
      case 'ternary':
        return yield* this.evaluate(isTrue(yield* this.evaluate(expr.test)) ? expr.yes : expr.no)
      case 'getline':
        return yield* this.getline(expr)
      case 'call': {
        const slots: Slot[] = []
        for (const arg of expr.args) slots.push(yield* this.handed(arg))
        return yield* this.call(expr.name, slots)
      }
      case 'builtin':
        if (expr.name === 'system' || expr.name === 'close') {
          const name = this.text(yield* this.evaluate(expr.args[0] as Expr))
          return (yield expr.name === 'system' ? this.io.system(name) : this.io.close(name)) as number
        }
        if (expr.name === 'fflush') return 0
        break
      default:
    }
    const parts: Expr[] = []
    for (const part of partsOf(expr)) parts.push(yield* this.settled(part))
    return this.value(withParts(expr, parts))
  }

  /** The expression itself where it means more than its value, else one that has its value. */
  private *settled(expr: Expr): Steps<Expr> {
    if (!this.waiting.has(expr)) return expr
    const held: Held = { type: 'held', slot: yield* this.evaluate(expr) }
    return held as unknown as Expr
  }

  private *handed(expr: Expr): Steps<Slot> {
    if (expr.type === 'var' && !isSpecial(expr.name)) return this.frames.hand(expr)
    return yield* this.evaluate(expr)
  }

  protected callNow({ name, args }: Expr & { type: 'call' }): Value {
    const slots = args.map((arg): Slot => (arg.type === 'var' && !isSpecial(arg.name) ? this.frames.hand(arg) : this.value(arg)))
    const { done, value } = this.call(name, slots).next()
    if (!done) throw new Endless()
    return value as Value
  }

  private *call(name: string, slots: readonly Slot[]): Steps<Value> {
    const made = this.program.functions.get(name)
    if (made === undefined) return undefined
    if (slots.length > made.params.length) throw new RunError(`too many arguments in call to ${name}`)
    if (++this.depth > DEEPEST) throw new RunError('function call nesting too deep')
    const before = this.frames.locals
    this.frames.locals = made.params.map((_, i) => slots[i])
    try {
      const left: Leave | undefined = yield* this.all(made.body)
      if (typeof left === 'object' && 'value' in left) return left.value
      if (left !== undefined) throw new Unwind(left)
      return undefined
    } finally {
      this.frames.locals = before
      this.depth--
    }
  }

  private *getline({ to, from, source }: Expr & { type: 'getline' }): Steps<Value> {
    let record: string | undefined
    if (from === 'main') record = (yield this.input.next()) as string | undefined
    else {
      const name = this.text(yield* this.evaluate(source as Expr))
      const reader = (yield from === 'file' ? this.io.file(name) : this.io.command(name)) as Awaited<ReturnType<AwkIo['file']>>
      if (reader === undefined) return -1
      record = (yield reader.next(recordSeparator(this.text(this.frames.globals.get('RS'))))) as string | undefined
    }
    if (record === undefined) return 0
    const value = new Input(record)
    if (to === undefined) this.record.set(value)
    else this.write(to, value)
    return 1
  }

  private number(value: Value): number {
    return typeof value === 'number'
      ? value
      : Number(this.value({ type: 'unary', op: '+', of: { type: 'held', slot: value } as unknown as Expr }))
  }

  /** What mawk says after a mistake that a running program made. */
  place(): string {
    const { globals } = this.frames
    return `\tFILENAME="${this.file}" FNR=${this.text(globals.get('FNR'))} NR=${this.text(globals.get('NR'))}\n`
  }
}

function isExit(left: Leave | undefined): left is { readonly exit: number | undefined } {
  return typeof left === 'object' && 'exit' in left
}

function isSpecial(name: string): boolean {
  return name === 'NF'
}
