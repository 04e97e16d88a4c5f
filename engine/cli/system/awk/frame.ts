import { AwkArray } from './arrays.ts'
import type { ArrayRef } from './ast.ts'
import { RunError } from './io.ts'
import type { Value } from './values.ts'

/** A name handed to a function that has been neither array nor value yet: what it becomes there, it becomes here. */
export interface Untyped {
  readonly become: () => AwkArray
}

/** A parameter or local of a function. */
export type Slot = Value | AwkArray | Untyped

export function isUntyped(slot: Slot): slot is Untyped {
  return typeof slot === 'object' && 'become' in slot
}

/** A slot as a value; an array is none. */
export function scalar(slot: Slot): Value {
  return slot instanceof AwkArray || isUntyped(slot) ? undefined : slot
}

/** Variables by name, and the parameters of the function in hand. */
export class Frames {
  readonly globals = new Map<string, Value>()
  readonly arrays = new Map<string, AwkArray>()
  locals: Slot[] = []

  array({ name, local }: ArrayRef): AwkArray {
    if (local < 0) {
      let array = this.arrays.get(name)
      if (array === undefined) {
        if (this.globals.has(name)) throw new RunError(`illegal reference to variable ${name}`)
        array = new AwkArray()
        this.arrays.set(name, array)
      }
      return array
    }
    const slot = this.locals[local]
    if (slot instanceof AwkArray) return slot
    if (slot !== undefined && !isUntyped(slot)) throw new RunError(`type error in arg(${local + 1}) of a function`)
    const array = slot === undefined ? new AwkArray() : slot.become()
    this.locals[local] = array
    return array
  }

  /** What a bare name hands to a function. */
  hand({ name, local }: ArrayRef): Slot {
    if (local >= 0) {
      const slot = this.locals[local]
      if (slot !== undefined) return slot
      const { locals } = this
      return {
        become: () => {
          const known = locals[local]
          if (known instanceof AwkArray) return known
          const array = new AwkArray()
          locals[local] = array
          return array
        },
      }
    }
    const array = this.arrays.get(name)
    if (array !== undefined) return array
    if (this.globals.has(name)) return this.globals.get(name)
    return { become: () => this.array({ name, local: -1 }) }
  }
}
