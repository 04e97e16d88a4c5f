/** ip's own refusal (exit 1 or 255) or the kernel's (exit 2), as the tool prints it. */
export class IpError extends Error {
  readonly exit: number
  constructor(message: string, exit: number) {
    super(message)
    this.exit = exit
  }
}

/** Valid in the real tool, not emulated here. */
export class NotEmulatedHere extends Error {}

export const kernel = (text: string) => new IpError(`${text}\n`, 2)
export const syntax = (text: string, exit = 255) => new IpError(`${text}\n`, exit)
