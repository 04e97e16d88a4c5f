import type { Regex } from '../regex/regex.ts'

export type Address =
  | { readonly type: 'line'; readonly line: number }
  | { readonly type: 'last' }
  /** undefined: the last pattern that was used. */
  | { readonly type: 'regex'; readonly regex: Regex | undefined }
  | { readonly type: 'step'; readonly first: number; readonly step: number }
  /** As a second address: `+N` and `~N`. */
  | { readonly type: 'plus'; readonly count: number }
  | { readonly type: 'multiple'; readonly of: number }

/** A piece of an `s` command's replacement: text, a group, or a change of case from here on. */
export type ReplacementPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'group'; readonly index: number }
  | { readonly type: 'case'; readonly to: 'U' | 'L' | 'u' | 'l' | 'E' }

export interface Substitution {
  readonly regex: Regex | undefined
  readonly replacement: readonly ReplacementPart[]
  readonly global: boolean
  readonly print: boolean
  /** Replace the Nth match only (or from the Nth on, with g). */
  readonly number: number
  readonly file: string | undefined
}

/** One command of a script; `{` and the jumps hold the index of the command to go on with. */
export interface SedCommand {
  readonly name: string
  readonly from: Address | undefined
  readonly to: Address | undefined
  readonly negated: boolean
  /** Text of a, i, c; file of r, R, w, W; label of b, t, T, :. */
  text: string
  /** Exit code of q, Q; width of l. */
  readonly number: number | undefined
  readonly substitution: Substitution | undefined
  readonly map: ReadonlyMap<string, string> | undefined
  /** Where `{` without a match, or a jump, goes. */
  target: number
}

export interface Script {
  readonly commands: readonly SedCommand[]
  /** The script began with `#n`. */
  readonly quiet: boolean
  /** Files named by w, which exist from the start. */
  readonly files: readonly string[]
}
