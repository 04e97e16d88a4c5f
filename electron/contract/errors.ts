/** Why a request failed. The window has words for each in both languages; `message` adds what is particular. */
export const ERROR_CODES = [
  /** The request itself was wrong: unknown channel, arguments that do not fit. A bug of the window. */
  'bad-request',
  'no-such-lab',
  /** The lab's folder is invalid: message says which file and line. */
  'bad-lab',
  'no-such-attempt',
  'no-such-terminal',
  /** The emulator could not be started, or died and was not restarted. */
  'emulator-lost',
  /** The engine refused the input (answering a locked prediction, undo with nothing to undo). */
  'refused',
  /** The database is locked by another program, or the disk failed. */
  'store-failed',
  /** An imported file is not a progress file, or newer than this version. */
  'bad-import',
  /** The API could not be opened: the port is taken, the kubeconfig cannot be written. */
  'api-failed',
  'too-large',
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]
