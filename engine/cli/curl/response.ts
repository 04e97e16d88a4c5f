/** Reads an HTTP/1 response as it comes in. */
export class ResponseReader {
  private buffer = ''
  status = 0
  headerText = ''
  headers: readonly (readonly [string, string])[] = []
  body = ''
  complete = false
  /** Something came that is no HTTP response. */
  garbage = false
  private length: number | undefined
  private chunked = false
  private readonly bodyless: boolean

  constructor(bodyless: boolean) {
    this.bodyless = bodyless
  }

  get started(): boolean {
    return this.headerText !== '' || this.buffer !== ''
  }

  /** How many bytes of the promised body are missing; undefined where none was promised. */
  get missing(): number | undefined {
    return this.length === undefined ? undefined : this.length - this.body.length
  }

  header(name: string): string | undefined {
    return this.headers.find(([n]) => n.toLowerCase() === name)?.[1]
  }

  push(data: string): void {
    if (this.complete) return
    this.buffer += data
    if (this.headerText === '' && !this.takeHeader()) return
    if (this.chunked) this.takeChunks()
    else {
      const take = this.length === undefined ? this.buffer.length : Math.min(this.buffer.length, this.length - this.body.length)
      this.body += this.buffer.slice(0, take)
      this.buffer = this.buffer.slice(take)
      if (this.length !== undefined && this.body.length >= this.length) this.complete = true
    }
  }

  /** The server closed. */
  end(): void {
    if (this.headerText !== '' && this.length === undefined && !this.chunked) this.complete = true
  }

  private takeHeader(): boolean {
    if (!'HTTP/'.startsWith(this.buffer.slice(0, 5))) {
      this.garbage = true
      return false
    }
    const end = this.buffer.indexOf('\r\n\r\n')
    if (end < 0) return false
    this.headerText = this.buffer.slice(0, end + 4)
    this.buffer = this.buffer.slice(end + 4)
    const [first = '', ...lines] = this.headerText.trimEnd().split('\r\n')
    this.status = Number(/^HTTP\/[\d.]+ (\d{3})/.exec(first)?.[1] ?? 0)
    this.headers = lines.map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 1).trim()] as const)
    const length = this.header('content-length')
    this.chunked = this.header('transfer-encoding')?.toLowerCase() === 'chunked'
    if (length !== undefined) this.length = Number(length)
    if (this.bodyless || this.status === 204 || this.status === 304) {
      this.length = undefined
      this.complete = true
      return false
    }
    return true
  }

  private takeChunks(): void {
    for (;;) {
      const match = /^([0-9a-fA-F]+)[^\r\n]*\r\n/.exec(this.buffer)
      if (match === null) return
      const size = Number.parseInt(match[1] as string, 16)
      const from = match[0].length
      if (this.buffer.length < from + size + 2) return
      this.body += this.buffer.slice(from, from + size)
      this.buffer = this.buffer.slice(from + size + 2)
      if (size === 0) {
        this.complete = true
        return
      }
    }
  }
}
