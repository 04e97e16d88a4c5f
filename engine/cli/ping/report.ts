import type { IcmpNotice } from '../../net/socket/types.ts'

const UNREACHABLE: Readonly<Record<number, string>> = {
  0: 'Destination Net Unreachable',
  1: 'Destination Host Unreachable',
  2: 'Destination Protocol Unreachable',
  3: 'Destination Port Unreachable',
  4: 'Frag needed and DF set',
  9: 'Destination Net Prohibited',
  10: 'Destination Host Prohibited',
  13: 'Packet filtered',
}

/** pr_icmph of ping.c. */
export function errorText(e: IcmpNotice): string {
  if (e.type === 11 || (e.from.includes(':') && e.type === 3))
    return e.code === 0 ? 'Time to live exceeded' : 'Frag reassembly time exceeded'
  return UNREACHABLE[e.code] ?? `Dest Unreachable, Bad Code: ${e.code}`
}

/** What ping counts, and its closing lines. */
export class Statistics {
  private readonly start: number
  private last = 0
  private transmitted = 0
  private readonly times: number[] = []
  errors = 0

  constructor(start: number) {
    this.start = start
    this.last = start
  }

  get received(): number {
    return this.times.length
  }

  get complete(): boolean {
    return this.times.length + this.errors >= this.transmitted
  }

  sent(now: number): void {
    this.transmitted++
    this.last = now
  }

  /** A round trip takes no virtual time; what is shown is a LAN's, from the dice. */
  reply(_at: number, chance: number): string {
    const ms = 0.04 + chance * 0.08
    this.times.push(ms)
    return ms.toFixed(3)
  }

  text(name: string, timed: boolean): string {
    const loss = this.transmitted === 0 ? 0 : ((this.transmitted - this.received) * 100) / this.transmitted
    const percent = Number.isInteger(loss) ? String(loss) : loss.toPrecision(6).replace(/0+$/, '')
    const errors = this.errors > 0 ? `, +${this.errors} errors` : ''
    const head = `\n--- ${name} ping statistics ---\n${this.transmitted} packets transmitted, ${this.received} received${errors}, ${percent}% packet loss, time ${this.last - this.start}ms\n`
    if (this.received === 0 || !timed) return `${head}\n`
    const average = this.times.reduce((a, b) => a + b, 0) / this.received
    const variance = this.times.reduce((a, b) => a + b * b, 0) / this.received - average ** 2
    const numbers = [Math.min(...this.times), average, Math.max(...this.times), Math.sqrt(Math.max(0, variance))]
    return `${head}rtt min/avg/max/mdev = ${numbers.map((n) => n.toFixed(3)).join('/')} ms\n`
  }
}
