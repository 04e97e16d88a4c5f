import { type Obj, quote } from './values.ts'

/** What kubectl tells the learner and the exit code that goes with it. `text` is final: prefixes included. */
export class KubectlError extends Error {
  readonly code: number
  constructor(text: string, code = 1) {
    super(text)
    this.code = code
  }
}

/** An error of the tool itself: printed behind "error: " unless it says so already. */
export function fail(text: string, code = 1): KubectlError {
  return new KubectlError(text.startsWith('error: ') ? text : `error: ${text}`, code)
}

/** A wrong use of a verb, with the pointer to its help (cmdutil.UsageErrorf). */
export function usage(command: string, text: string): KubectlError {
  return fail(`${text}\nSee '${command} -h' for help and examples`)
}

/** Nothing to say, exit 1 (cmdutil.ErrExit). */
export function silentExit(code = 1): KubectlError {
  return new KubectlError('', code)
}

/** A Status the API server answered with. */
export class StatusError extends Error {
  readonly status: Obj
  constructor(status: Obj) {
    super(String(status?.message ?? 'unknown'))
    this.status = status
  }
  get reason(): string {
    return this.status?.reason ?? ''
  }
}

/** A valid use that is not emulated; the command ends with exit 64. */
export class NotEmulated extends Error {
  readonly what: string
  constructor(what: string) {
    super(what)
    this.what = what
  }
}

/** What the server says of a valid request that it does not emulate, or undefined for every other error. */
export function notEmulatedBy(error: unknown): string | undefined {
  if (error instanceof ErrorList) return error.errors.map(notEmulatedBy).find((what) => what !== undefined)
  if (error instanceof NotEmulated) return error.what
  if (!(error instanceof StatusError) || error.reason !== 'NotImplemented') return undefined
  return /chainwalk: (.*): valid, but not emulated here/.exec(error.message)?.[1]
}

/** Several errors at once (utilerrors.Aggregate). */
export class ErrorList extends Error {
  readonly errors: readonly Error[]
  constructor(errors: readonly Error[]) {
    const texts = [...new Set(errors.map((e) => e.message))]
    super(texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`)
    this.errors = errors
  }
}

/** Throws what was collected: nothing, the one error, or all of them. */
export function throwAll(errors: readonly Error[]): void {
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new ErrorList(errors)
}

/** The text and exit code kubectl ends with (kubectl/pkg/cmd/util checkErr), or undefined if it is no error of kubectl's. */
export function errorText(error: unknown): { text: string; code: number } | undefined {
  if (error instanceof ErrorList) {
    return {
      text: error.errors
        .map(
          (e) =>
            `${e instanceof ErrorList ? e.message : (errorText(e)?.text.replace(/\n$/, '') ?? e.message).replace(/^error: /, e instanceof KubectlError ? '' : 'error: ')}\n`,
        )
        .join(''),
      code: 1,
    }
  }
  if (error instanceof KubectlError) return { text: error.message, code: error.code }
  if (!(error instanceof StatusError)) return undefined
  return { text: statusText(error), code: 1 }
}

function statusText(error: StatusError): string {
  const { status } = error
  if (error.reason === 'Invalid') return invalidText(status)
  if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`
  return error.reason === '' ? `Error from server: ${error.message}` : `Error from server (${error.reason}): ${error.message}`
}

function invalidText(status: Obj): string {
  const details = status.details
  if (!details) return `The request is invalid${status.message ? `: ${status.message}` : ''}`
  const causes: string[] = []
  for (const cause of details.causes ?? []) {
    const text = cause.field ? `${cause.field}: ${cause.message}` : String(cause.message)
    if (!causes.includes(text)) causes.push(text)
  }
  let head = 'The request is invalid'
  if (details.kind || details.name) head = `The ${details.kind ?? ''} ${quote(details.name ?? '')} is invalid`
  else if (status.message && causes.length === 0) head += `: ${status.message}`
  if (causes.length === 0) return head
  // MultilineError ends the line whatever it ends with: a cause that brings a difference leaves an empty one
  if (causes.length === 1) return `${head}: ${causes[0]}\n`
  return `${head}: \n${causes.map((c) => `* ${c}\n`).join('')}`
}

/** Whether the error is the server's NotFound. */
export function isNotFound(error: unknown): boolean {
  return error instanceof StatusError && error.reason === 'NotFound'
}
