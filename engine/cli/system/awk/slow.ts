import type { Expr, Place, Program, Stmt } from './ast.ts'

/** Whatever must wait: for input, or for another program. */
export type Waiting = ReadonlySet<object>

const WAITING_BUILTINS = new Set(['system', 'close', 'fflush'])

/** The expressions directly under one. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.type) {
    case 'index':
      return expr.subscripts
    case 'field':
    case 'unary':
      return [expr.of]
    case 'group':
      return expr.items
    case 'binary':
    case 'compare':
    case 'concat':
    case 'match':
    case 'and':
    case 'or':
      return [expr.left, expr.right]
    case 'in':
      return expr.subscripts
    case 'ternary':
      return [expr.test, expr.yes, expr.no]
    case 'assign':
      return [...partsOf(expr.to), expr.value]
    case 'step':
      return partsOf(expr.to)
    case 'builtin':
    case 'call':
      return expr.args
    case 'getline':
      return [...(expr.to === undefined ? [] : partsOf(expr.to)), ...(expr.source === undefined ? [] : [expr.source])]
    default:
      return []
  }
}

/** The same expression with other parts, in the order of {@link partsOf}. */
export function withParts(expr: Expr, parts: readonly Expr[]): Expr {
  const [first, second, third] = parts as [Expr, Expr, Expr]
  switch (expr.type) {
    case 'index':
      return { ...expr, subscripts: parts }
    case 'field':
    case 'unary':
      return { ...expr, of: first }
    case 'group':
      return { ...expr, items: parts }
    case 'binary':
    case 'compare':
    case 'concat':
    case 'match':
    case 'and':
    case 'or':
      return { ...expr, left: first, right: second }
    case 'in':
      return { ...expr, subscripts: parts }
    case 'ternary':
      return { ...expr, test: first, yes: second, no: third }
    case 'assign':
      return { ...expr, to: withParts(expr.to, parts.slice(0, -1)) as Place, value: parts.at(-1) as Expr }
    case 'step':
      return { ...expr, to: withParts(expr.to, parts) as Place }
    case 'builtin':
    case 'call':
      return { ...expr, args: parts }
    default:
      return expr
  }
}

/** The expressions and statements directly under a statement. */
function under(stmt: Stmt): { readonly exprs: readonly (Expr | undefined)[]; readonly stmts: readonly (Stmt | undefined)[] } {
  switch (stmt.type) {
    case 'expr':
      return { exprs: [stmt.expr], stmts: [] }
    case 'print':
    case 'printf':
      return { exprs: [...stmt.args, stmt.target], stmts: [] }
    case 'block':
      return { exprs: [], stmts: stmt.body }
    case 'if':
      return { exprs: [stmt.test], stmts: [stmt.yes, stmt.no] }
    case 'while':
    case 'do':
      return { exprs: [stmt.test], stmts: [stmt.body] }
    case 'for':
      return { exprs: [stmt.init, stmt.test, stmt.step], stmts: [stmt.body] }
    case 'for in':
      return { exprs: [stmt.to], stmts: [stmt.body] }
    case 'exit':
    case 'return':
      return { exprs: [stmt.value], stmts: [] }
    case 'delete':
      return { exprs: stmt.subscripts ?? [], stmts: [] }
    default:
      return { exprs: [], stmts: [] }
  }
}

/** Finds what of a program must wait; everything else is computed in one go. */
export function findWaiting(program: Program): Waiting {
  const waiting = new Set<object>()
  const functions = new Set<string>()

  function expr(node: Expr): boolean {
    let waits = node.type === 'getline' || (node.type === 'builtin' && WAITING_BUILTINS.has(node.name))
    if (node.type === 'call' && functions.has(node.name)) waits = true
    for (const part of partsOf(node)) if (expr(part)) waits = true
    if (waits) waiting.add(node)
    return waits
  }
  function stmt(node: Stmt): boolean {
    const { exprs, stmts } = under(node)
    let waits = false
    for (const each of exprs) if (each !== undefined && expr(each)) waits = true
    for (const each of stmts) if (each !== undefined && stmt(each)) waits = true
    if (waits) waiting.add(node)
    return waits
  }
  const all = (body: readonly Stmt[]) => body.map(stmt).some(Boolean)

  for (let before = -1; before !== functions.size; ) {
    before = functions.size
    for (const { name, body } of program.functions.values()) if (all(body)) functions.add(name)
  }
  for (const body of [...program.begin, ...program.end]) all(body)
  for (const { from, to, body } of program.rules) {
    for (const each of [from, to]) if (each !== undefined) expr(each)
    if (body !== undefined) all(body)
  }
  return waiting
}
