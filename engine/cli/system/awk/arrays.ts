import { isPlainInteger, type Value } from './values.ts'

const FIRST_SIZE = 64
/** Elements a list may hold on average before the table is doubled. */
const LONGEST_LISTS = 12

/** FNV-1a over bytes. */
function hash(key: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < key.length; i++) value = Math.imul(value ^ key.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/**
 * An awk array whose `for (k in a)` goes through its keys in mawk's order: tables of lists, by whole number until a key is used as
 * text, what was touched last in front (mawk-arrays(7)).
 */
export class AwkArray {
  private readonly cells = new Map<string, Value>()
  private byText: string[][] | undefined
  private byNumber: string[][] | undefined
  private readonly numbers = new Set<string>()

  get size(): number {
    return this.cells.size
  }

  /** The key a subscript stands for. */
  get(key: string, isNumber: boolean): Value {
    this.touch(key, isNumber)
    return this.cells.get(key)
  }

  set(key: string, value: Value, isNumber: boolean): void {
    this.touch(key, isNumber)
    this.cells.set(key, value)
  }

  has(key: string, isNumber: boolean): boolean {
    if (!this.cells.has(key)) return false
    this.touch(key, isNumber)
    return true
  }

  delete(key: string): void {
    if (!this.cells.delete(key)) return
    if (this.cells.size === 0) this.clear()
    else {
      if (this.byText !== undefined) remove(this.textList(key), key)
      if (this.byNumber !== undefined) remove(this.numberList(key), key)
      this.numbers.delete(key)
    }
  }

  clear(): void {
    this.cells.clear()
    this.numbers.clear()
    this.byText = undefined
    this.byNumber = undefined
  }

  /** What split() makes: elements 1 to n. */
  fill(values: readonly Value[]): void {
    this.clear()
    for (const [i, value] of values.entries()) this.set(String(i + 1), value, true)
  }

  keys(): string[] {
    this.textTable()
    return (this.byText ?? []).flat()
  }

  private touch(key: string, isNumber: boolean): void {
    const isNew = !this.cells.has(key)
    if (isNew) {
      this.cells.set(key, undefined)
      this.grow()
    }
    if (!isNumber) {
      if (this.byText === undefined) {
        // A key that is new goes into the table after it was made.
        if (isNew) this.cells.delete(key)
        this.textTable()
        if (isNew) this.cells.set(key, undefined)
      }
      toFront(this.textList(key), key)
      return
    }
    if (this.numbers.has(key)) {
      toFront(this.numberList(key), key)
      return
    }
    if (this.byText !== undefined) toFront(this.textList(key), key)
    this.byNumber ??= emptyTable(FIRST_SIZE)
    this.numbers.add(key)
    this.numberList(key).unshift(key)
  }

  private textTable(): void {
    if (this.byText !== undefined) return
    this.byText = emptyTable(this.byNumber?.length ?? FIRST_SIZE)
    for (const list of this.byNumber ?? []) for (const key of list) this.textList(key).unshift(key)
  }

  private textList(key: string): string[] {
    const table = this.byText as string[][]
    return table[hash(key) & (table.length - 1)] as string[]
  }

  private numberList(key: string): string[] {
    const table = this.byNumber as string[][]
    return table[Number(key) & (table.length - 1)] as string[]
  }

  private grow(): void {
    if (this.byText !== undefined && this.cells.size > this.byText.length * LONGEST_LISTS)
      this.byText = doubled(this.byText, hash)
    if (this.byNumber !== undefined && this.cells.size > this.byNumber.length * LONGEST_LISTS)
      this.byNumber = doubled(this.byNumber, Number)
  }
}

/** A subscript's key, and whether mawk looks it up as a whole number. */
export function arrayKey(value: Value, text: (value: Value) => string): readonly [key: string, isNumber: boolean] {
  if (typeof value === 'number' && isPlainInteger(value)) return [String(value === 0 ? 0 : value), true]
  return [text(value), false]
}

function emptyTable(size: number): string[][] {
  return Array.from({ length: size }, () => [])
}

function doubled(table: readonly string[][], number: (key: string) => number): string[][] {
  const bigger = emptyTable(table.length * 2)
  for (const list of table) for (const key of list) bigger[number(key) & (bigger.length - 1)]?.push(key)
  return bigger
}

function remove(list: string[], key: string): void {
  const at = list.indexOf(key)
  if (at >= 0) list.splice(at, 1)
}

function toFront(list: string[], key: string): void {
  if (list[0] === key) return
  remove(list, key)
  list.unshift(key)
}
