import { parseQuantity } from '../../base/quantity.ts'

/** A resource.Quantity as a number, 0 where none is given; NaN if it is no quantity. */
export function quantity(value: string | number | undefined): number {
  return value === undefined ? 0 : (parseQuantity(String(value))?.value ?? Number.NaN)
}
