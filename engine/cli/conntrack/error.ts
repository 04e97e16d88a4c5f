/** What the tool complains of. `parameter`: with its "Try" line and exit 2; otherwise exit 1. `before` goes out ahead of it. */
export class ConntrackError extends Error {
  readonly parameter: boolean
  notes: readonly string[] = []

  constructor(message: string, parameter = true) {
    super(message)
    this.parameter = parameter
  }
}

/** A valid use that is not emulated. */
export class ConntrackGap extends Error {}
