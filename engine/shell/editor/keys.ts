/** Splits what a terminal sent into keys: escape sequences, or single characters. */
export function keysOf(data: string): readonly string[] {
  return data.match(/\x1b\[[\d;]*[A-Za-z~]|\x1bO[A-Z]|[\s\S]/gu) ?? []
}

export const KEY = {
  up: ['\x1b[A', '\x1bOA'],
  down: ['\x1b[B', '\x1bOB'],
  right: ['\x1b[C', '\x1bOC'],
  left: ['\x1b[D', '\x1bOD'],
  home: ['\x1b[H', '\x1bOH', '\x1b[1~'],
  end: ['\x1b[F', '\x1bOF', '\x1b[4~'],
  pageUp: ['\x1b[5~'],
  pageDown: ['\x1b[6~'],
  remove: ['\x1b[3~'],
  escape: ['\x1b'],
  enter: ['\r', '\n'],
  erase: ['\x7f', '\b'],
} as const

export type Key = keyof typeof KEY

/** The name of a key that is not a character. */
export function nameOf(key: string): Key | undefined {
  return (Object.keys(KEY) as Key[]).find((name) => (KEY[name] as readonly string[]).includes(key))
}
