/** nc's command line as values. */
export interface NcOptions {
  readonly udp: boolean
  readonly verbose: boolean
  readonly numeric: boolean
  readonly scan: boolean
  readonly keep: boolean
  readonly timeoutMs: number | undefined
  readonly sourcePort: number | undefined
  readonly source: string | undefined
  readonly shutdown: boolean
  /** Seconds to wait after the end of input, -1 for ever. */
  readonly quitMs: number | undefined
  readonly family: 4 | 6 | undefined
}
