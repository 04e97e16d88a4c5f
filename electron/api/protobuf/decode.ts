import type { Json } from '../../../engine/index.ts'
import { readMessage } from './message.ts'
import { PACKAGES } from './messages.data.ts'
import { fieldsOf, ProtobufError } from './reader.ts'

export { ProtobufError } from './reader.ts'

export const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf'

/** What every protobuf body of the API begins with (serializer/protobuf: protoEncodingPrefix). */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00])

/** An object as JSON from the API's protobuf form: a runtime.Unknown that names its kind and carries the message. */
export function decodeProtobuf(bytes: Buffer): Json {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  let apiVersion = ''
  let kind = ''
  let raw: Buffer = Buffer.alloc(0)
  for (const { number, bytes: part } of fieldsOf(bytes.subarray(MAGIC.length))) {
    if (number === 1 && part !== undefined) {
      for (const field of fieldsOf(part)) {
        if (field.number === 1) apiVersion = String(field.bytes ?? '')
        else if (field.number === 2) kind = String(field.bytes ?? '')
      }
    } else if (number === 2 && part !== undefined) raw = part
  }
  // DeleteOptions and the like are of every group's version.
  const message = readMessage(`${PACKAGES[apiVersion]}.${kind}`, raw) ?? readMessage(`meta/v1.${kind}`, raw)
  if (message === undefined) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`)
  return { apiVersion, kind, ...message }
}
