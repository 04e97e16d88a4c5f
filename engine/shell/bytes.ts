import { encodeUtf8 } from '../base/utf8.ts'

/** Bytes from what a program wrote: text with a character no byte can hold was meant as text, everything else is bytes already. */
export function asBytes(written: string): string {
  return /[^\x00-\xff]/.test(written) ? encodeUtf8(written) : written
}
