import type { ExecListener } from '../backend.ts'

/** What a program says before its client is ready to hear it; then the client hears it all, in order. */
export class HeldListener implements ExecListener {
  private listener: ExecListener | undefined
  private held: ((listener: ExecListener) => void)[] = []

  output(from: 'stdout' | 'stderr', bytes: string): void {
    this.say((listener) => listener.output(from, bytes))
  }

  ended(status: Parameters<ExecListener['ended']>[0]): void {
    this.say((listener) => listener.ended(status))
  }

  pass(listener: ExecListener): void {
    this.listener = listener
    const { held } = this
    this.held = []
    for (const event of held) event(listener)
  }

  private say(event: (listener: ExecListener) => void): void {
    if (this.listener === undefined) this.held.push(event)
    else event(this.listener)
  }
}
