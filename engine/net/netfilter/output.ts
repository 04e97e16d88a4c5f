/** How many pieces are gathered before they become one text. */
const MANY = 4096

/**
 * A long text in the making, from short pieces. They are joined in batches: a listing of 100,000 rules is millions of pieces, and
 * strings built by + would each be an object of their own until the end.
 */
export class Output {
  private readonly parts: string[] = []
  private pieces: string[] = []

  add(piece: string): void {
    this.pieces.push(piece)
  }

  /** To be called now and then, between two lines. */
  breathe(): void {
    if (this.pieces.length < MANY) return
    this.parts.push(this.pieces.join(''))
    this.pieces = []
  }

  text(): string {
    this.parts.push(this.pieces.join(''))
    this.pieces = []
    const text = this.parts.join('')
    this.parts.length = 0
    return text
  }
}
