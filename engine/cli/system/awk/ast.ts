import type { Regex } from '../regex/regex.ts'

/** What can be assigned to. */
export type Place =
  | { readonly type: 'var'; readonly name: string; readonly local: number }
  | { readonly type: 'index'; readonly array: ArrayRef; readonly subscripts: readonly Expr[] }
  | { readonly type: 'field'; readonly of: Expr }

/** An array by name; `local` is its place among a function's parameters, or -1. */
export interface ArrayRef {
  readonly name: string
  readonly local: number
}

export type BinaryOp = '+' | '-' | '*' | '/' | '%' | '^'
export type CompareOp = '<' | '<=' | '==' | '!=' | '>' | '>='

export type Expr =
  | Place
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'regex'; readonly regex: Regex }
  | { readonly type: 'group'; readonly items: readonly Expr[] }
  | { readonly type: 'binary'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr }
  | { readonly type: 'compare'; readonly op: CompareOp; readonly left: Expr; readonly right: Expr }
  | { readonly type: 'concat'; readonly left: Expr; readonly right: Expr }
  | { readonly type: 'match'; readonly negated: boolean; readonly left: Expr; readonly right: Expr }
  | { readonly type: 'in'; readonly subscripts: readonly Expr[]; readonly array: ArrayRef }
  | { readonly type: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly type: 'unary'; readonly op: '!' | '-' | '+'; readonly of: Expr }
  | { readonly type: 'ternary'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly type: 'assign'; readonly to: Place; readonly op: BinaryOp | undefined; readonly value: Expr }
  | { readonly type: 'step'; readonly to: Place; readonly by: 1 | -1; readonly prefix: boolean }
  | { readonly type: 'builtin'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expr[]; readonly line: number }
  | {
      readonly type: 'getline'
      readonly to: Place | undefined
      readonly from: 'main' | 'file' | 'command'
      readonly source: Expr | undefined
    }

export type Stmt =
  | { readonly type: 'expr'; readonly expr: Expr }
  | {
      readonly type: 'print' | 'printf'
      readonly args: readonly Expr[]
      readonly to: '>' | '>>' | '|' | undefined
      readonly target: Expr | undefined
    }
  | { readonly type: 'block'; readonly body: readonly Stmt[] }
  | { readonly type: 'if'; readonly test: Expr; readonly yes: Stmt; readonly no: Stmt | undefined }
  | { readonly type: 'while'; readonly test: Expr; readonly body: Stmt }
  | { readonly type: 'do'; readonly test: Expr; readonly body: Stmt }
  | {
      readonly type: 'for'
      readonly init: Expr | undefined
      readonly test: Expr | undefined
      readonly step: Expr | undefined
      readonly body: Stmt
    }
  | { readonly type: 'for in'; readonly to: Place; readonly array: ArrayRef; readonly body: Stmt }
  | { readonly type: 'break' | 'continue' | 'next' | 'nextfile' }
  | { readonly type: 'exit' | 'return'; readonly value: Expr | undefined }
  | { readonly type: 'delete'; readonly array: ArrayRef; readonly subscripts: readonly Expr[] | undefined }

export interface AwkFunction {
  readonly name: string
  readonly params: readonly string[]
  body: readonly Stmt[]
}

export interface Rule {
  readonly from: Expr | undefined
  readonly to: Expr | undefined
  /** Absent: print the record. */
  readonly body: readonly Stmt[] | undefined
}

export interface Program {
  readonly begin: readonly (readonly Stmt[])[]
  readonly end: readonly (readonly Stmt[])[]
  readonly rules: readonly Rule[]
  readonly functions: ReadonlyMap<string, AwkFunction>
}
