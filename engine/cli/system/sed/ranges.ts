import type { Regex } from '../regex/regex.ts'
import type { Address, SedCommand } from './script.ts'

/** What addresses are compared with. */
export interface Place {
  readonly line: number
  readonly text: string
  isLast(): Promise<boolean>
  /** Tests a pattern, or the last one used. */
  matches(regex: Regex | undefined): boolean
}

interface Range {
  active: boolean
  /** The line on which an active range ends, where that is known. */
  until: number | undefined
}

/** Which commands a line is addressed by; ranges remember that they have begun (execute.c's match_address_p). */
export class Ranges {
  private readonly ranges = new Map<SedCommand, Range>()

  /** Whether a line within the command's range was not its last. */
  isOpen(command: SedCommand): boolean {
    return this.ranges.get(command)?.active === true
  }

  async selects(command: SedCommand, place: Place): Promise<boolean> {
    return (await this.inRange(command, place)) !== command.negated
  }

  private async inRange(command: SedCommand, place: Place): Promise<boolean> {
    const { from, to } = command
    if (from === undefined) return true
    if (to === undefined) return this.at(from, place)
    let range = this.ranges.get(command)
    if (range === undefined) {
      // `0,/RE/` has begun before the first line.
      range = { active: from.type === 'line' && from.line === 0, until: undefined }
      this.ranges.set(command, range)
    }
    if (range.active) {
      const until = to.type === 'line' ? to.line : range.until
      if (until !== undefined) {
        range.active = place.line < until
        return place.line <= until
      }
      range.active = !(await this.at(to, place))
      return true
    }
    if (!(await this.at(from, place))) return false
    range.until = undefined
    if (to.type === 'line') range.active = place.line < to.line
    else if (to.type === 'plus') range.until = place.line + to.count
    else if (to.type === 'multiple') range.until = to.of <= 0 ? place.line : (Math.floor(place.line / to.of) + 1) * to.of
    else range.active = true
    if (range.until !== undefined) range.active = place.line < range.until
    return true
  }

  private async at(address: Address, place: Place): Promise<boolean> {
    switch (address.type) {
      case 'line':
        return place.line === address.line
      case 'last':
        return place.isLast()
      case 'regex':
        return place.matches(address.regex)
      case 'step':
        return place.line >= address.first && (place.line - address.first) % address.step === 0
      default:
        return false
    }
  }
}
