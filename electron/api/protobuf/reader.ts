/** Bytes that are no protobuf message of the expected kind. */
export class ProtobufError extends Error {}

/** A field of a message as it lies on the wire. */
export interface WireField {
  readonly number: number
  /** A varint or fixed number; undefined for bytes. */
  readonly value?: bigint
  /** Length-delimited bytes; undefined for numbers. */
  readonly bytes?: Buffer
}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** The fields of one message, in order (protobuf.dev: encoding). */
export function* fieldsOf(message: Buffer): Generator<WireField> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++]
      if (byte === undefined) throw new ProtobufError('unexpected EOF')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new ProtobufError('proto: integer overflow')
  }
  const take = (length: number): Buffer => {
    if (length > message.length - at) throw new ProtobufError('unexpected EOF')
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const key = varint()
    const number = Number(key >> 3n)
    const wire = Number(key & 7n)
    if (number === 0) throw new ProtobufError('proto: illegal tag 0')
    if (wire === VARINT) yield { number, value: varint() }
    else if (wire === BYTES) yield { number, bytes: take(Number(varint())) }
    else if (wire === FIXED64) yield { number, value: take(8).readBigUInt64LE() }
    else if (wire === FIXED32) yield { number, value: BigInt(take(4).readUInt32LE()) }
    else throw new ProtobufError(`proto: illegal wireType ${wire}`)
  }
}
