import { byteOrder } from '../go-value.ts'
import { PathError } from './nodes.ts'

/** The comparisons of a filter, with text/template's rules for kinds; `float`: the right side is written with a point. */
export function compare(left: unknown, right: unknown, operator: string, float: boolean): boolean {
  if (!['<', '<=', '>', '>=', '==', '!='].includes(operator)) throw new PathError(`unrecognized filter operator ${operator}`)
  const kinds = [kind(left, false), kind(right, float)]
  if (kinds[0] !== kinds[1]) throw new PathError('incompatible types for comparison')
  const order = inOrder(left, right)
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    default:
      if (kinds[0] === 'bool') throw new PathError('invalid type for comparison')
      return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0
  }
}

function kind(value: unknown, float: boolean): string {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value !== 'number') throw new PathError('invalid type for comparison')
  return float || !Number.isInteger(value) ? 'float' : 'int'
}

function inOrder(left: unknown, right: unknown): number {
  if (typeof left === 'string' && typeof right === 'string') return byteOrder(left, right)
  return left === right ? 0 : (left as number) < (right as number) ? -1 : 1
}
