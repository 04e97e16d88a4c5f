import { fieldSeparator, splitText } from './records.ts'
import { Input, type Value } from './values.ts'

/** $0 and its fields, each made from the other when asked for. */
export class Record {
  private readonly text: (value: Value) => string
  private readonly variable: (name: 'FS' | 'OFS') => string
  private whole: Value = new Input('')
  private fields: Value[] | undefined
  private wholeIsOld = false

  constructor(text: (value: Value) => string, variable: (name: 'FS' | 'OFS') => string) {
    this.text = text
    this.variable = variable
  }

  /** A new $0. FS counts as it is when the record is split. */
  set(value: Value): void {
    this.whole = value
    this.fields = undefined
    this.wholeIsOld = false
  }

  get count(): number {
    return this.split().length
  }

  set count(count: number) {
    const fields = this.split()
    while (fields.length < count) fields.push('')
    fields.length = count
    this.wholeIsOld = true
  }

  get(index: number): Value {
    if (index === 0) {
      if (this.wholeIsOld) {
        this.whole = new Input(this.split().map(this.text).join(this.variable('OFS')))
        this.wholeIsOld = false
      }
      return this.whole
    }
    return this.split()[index - 1]
  }

  assign(index: number, value: Value): void {
    if (index === 0) {
      this.set(typeof value === 'string' || typeof value === 'number' ? new Input(this.text(value)) : (value ?? new Input('')))
      return
    }
    const fields = this.split()
    while (fields.length < index) fields.push('')
    fields[index - 1] = value
    this.wholeIsOld = true
  }

  /** Splits now, before FS changes. */
  split(): Value[] {
    this.fields ??= splitText(this.text(this.whole), fieldSeparator(this.variable('FS'))).map((piece) => new Input(piece))
    return this.fields
  }
}
