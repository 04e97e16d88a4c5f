/** How tcpdump was told to print. */
export interface PrintOptions {
  /** -v, -vv, -vvv. */
  readonly verbose: number
  /** -q */
  readonly quiet: boolean
  /** -e */
  readonly link: boolean
  /** -S: absolute sequence numbers. */
  readonly absolute: boolean
  /** -K: checksums are not looked at. */
  readonly trustChecksums: boolean
  /** -t: how many times; 0 is the time of day. */
  readonly time: number
  /** -# */
  readonly numbered: boolean
  /** -x, -xx, -X, -XX, -A, -AA. */
  readonly dump: 'x' | 'xx' | 'X' | 'XX' | 'A' | 'AA' | undefined
}

/** Names of addresses and ports; with -n they are the numbers themselves. */
export interface PrintNames {
  host(address: string): string
  port(port: number, protocol: 'tcp' | 'udp'): string
}

/** What the printing of one frame may know, and what it remembers of the frames before. */
export interface Printer {
  readonly options: PrintOptions
  readonly names: PrintNames
  /** Called where the real tcpdump would take a payload apart. */
  readonly undecoded?: () => void
  /** First sequence numbers of each connection, for relative ones: by its two ends. */
  readonly flows: Map<string, { readonly forward: number; readonly backward: number }>
}

/** "10.0.0.1.80": an address with its port (ipaddr_string, tcpport_string). */
export function endpoint(printer: Printer, address: string, port: number, protocol: 'tcp' | 'udp'): string {
  return `${printer.names.host(address)}.${printer.names.port(port, protocol)}`
}
