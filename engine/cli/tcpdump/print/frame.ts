import type { ArpMessage } from '../../../net/taps.ts'
import { ARP_LENGTH, type Captured, ethertype, frameLength, linkBytes, networkBytes } from '../frame.ts'
import { asciiDump, hexDump } from './hex.ts'
import { ipText } from './ip.ts'
import type { Printer } from './printer.ts'
import { stamp } from './time.ts'

const TYPE_NAMES: Readonly<Record<number, string>> = { 2048: 'IPv4', 2054: 'ARP', 34525: 'IPv6' }

/** Everything tcpdump prints of one frame: `number` counts from 1, `before` and `first` are times of frames printed earlier. */
export function frameText(
  frame: Captured,
  printer: Printer,
  times: { readonly number: number; readonly before: number | undefined; readonly first: number },
): string {
  const { options } = printer
  const number = options.numbered ? `${String(times.number).padStart(5)}  ` : ''
  const time = stamp(frame.at, options.time, times.before, times.first)
  const body =
    frame.packet === undefined ? arpText(frame.arp as ArpMessage, printer) : ipText(frame.packet, frame.partial, printer)
  return `${number}${time}${linkText(frame, printer)}${body}\n${dumpText(frame, options.dump)}`
}

/** The link header: only with -e, but for "any", whose device and direction always stand there (print-sll.c, print-ether.c). */
function linkText(frame: Captured, { options }: Printer): string {
  const type = ethertype(frame)
  const name = TYPE_NAMES[type] ?? ''
  const length = `length ${frameLength(frame)}: `
  if (frame.linkType === 'LINUX_SLL2') {
    const device = `${frame.device.padEnd(5)} ${frame.direction.padEnd(3)} `
    if (!options.link) return device
    const shown = options.quiet ? `${name}, ` : `ethertype ${name} (0x${type.toString(16).padStart(4, '0')}), `
    return `${device}ifindex ${frame.ifindex} ${frame.srcMac} ${shown}${length}`
  }
  if (!options.link || frame.linkType === 'NFLOG') return ''
  const shown = options.quiet ? `${name}, ` : `ethertype ${name} (0x${type.toString(16).padStart(4, '0')}), `
  return `${frame.srcMac} > ${frame.dstMac}, ${shown}${length}`
}

/** print-arp.c */
function arpText(arp: ArpMessage, { options, names }: Printer): string {
  const name = options.link ? '' : 'ARP, '
  const sizes = options.verbose > 0 ? 'Ethernet (len 6), IPv4 (len 4), ' : ''
  const target = arp.targetMac === '00:00:00:00:00:00' ? '' : ` (${arp.targetMac})`
  const said =
    arp.op === 'request'
      ? `Request who-has ${names.host(arp.targetIp)}${target} tell ${names.host(arp.senderIp)}`
      : `Reply ${names.host(arp.senderIp)} is-at ${arp.senderMac}`
  return `${name}${sizes}${said}, length ${ARP_LENGTH}`
}

function dumpText(frame: Captured, dump: Printer['options']['dump']): string {
  if (dump === undefined) return ''
  const whole = dump.length === 2 ? linkBytes(frame) + networkBytes(frame) : networkBytes(frame)
  return dump.startsWith('A') ? asciiDump(whole) : hexDump(whole, dump.startsWith('X'))
}
