import type { Assertion, CharSet, Node } from './ast.ts'
import { setTester, WORD } from './chars.ts'
import type { NativeOptions } from './native.ts'

/** Tests of single places of a text, as both matchers of our own need them. */
export class Subject {
  readonly text: string
  private readonly options: NativeOptions
  private readonly testers: Map<CharSet, (char: string) => boolean>

  constructor(text: string, options: NativeOptions, testers: Map<CharSet, (char: string) => boolean>) {
    this.text = text
    this.options = options
    this.testers = testers
  }

  /** The index after the character at `at` if the set takes it, else -1. */
  step(set: CharSet, at: number): number {
    if (at >= this.text.length) return -1
    const code = this.text.codePointAt(at) as number
    const size = code > 0xffff ? 2 : 1
    return this.tester(set)(size === 1 ? (this.text[at] as string) : this.text.slice(at, at + 2)) ? at + size : -1
  }

  /** Whether what stands at `at` says again what was matched before, and where that ends. */
  again(said: string, at: number): number {
    const here = this.text.slice(at, at + said.length)
    const same = this.options.icase ? here.toLowerCase() === said.toLowerCase() : here === said
    return same ? at + said.length : -1
  }

  holds(kind: Assertion, at: number): boolean {
    const { text } = this
    const { multiline } = this.options
    switch (kind) {
      case 'line start':
        return at === 0 || (multiline && text[at - 1] === '\n')
      case 'line end':
        return at === text.length || (multiline && text[at] === '\n')
      case 'text start':
        return at === 0
      case 'text end':
        return at === text.length
    }
    const before = this.isWord(at - 1)
    const after = this.isWord(at)
    switch (kind) {
      case 'word start':
        return !before && after
      case 'word end':
        return before && !after
      case 'after no word':
        return !before
      case 'before no word':
        return !after
      case 'word edge':
        return before !== after
      case 'no word edge':
        return before === after
    }
  }

  private isWord(at: number): boolean {
    if (at < 0 || at >= this.text.length) return false
    const low = this.text.charCodeAt(at)
    const isTrail = low >= 0xdc00 && low <= 0xdfff && at > 0 && (this.text.codePointAt(at - 1) as number) > 0xffff
    return this.step(WORD, isTrail ? at - 1 : at) > 0
  }

  private tester(set: CharSet): (char: string) => boolean {
    let tester = this.testers.get(set)
    if (tester === undefined) {
      tester = setTester(set, this.options)
      this.testers.set(set, tester)
    }
    return tester
  }
}

/** A match that takes longer to find than anybody would wait; what glibc would do in that time is not emulated. */
export class TooHard extends Error {}

/** Where each group of a match lies. */
export type Spans = (readonly [number, number] | undefined)[]

/** A match that a matcher of our own found at one start. */
export interface Spanned {
  readonly end: number
  readonly spans: Spans
}

/** Prepares to match a pattern against one text; the function returned tries one start. */
export type Matcher = (node: Node, subject: Subject) => (start: number) => Spanned | undefined
