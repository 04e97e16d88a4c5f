import { type Captured, ethertype, frameLength, linkBytes, networkBytes } from '../frame.ts'
import type { Arithmetic, Node, Protocol } from './ast.ts'
import { FilterError } from './lexer.ts'
import { type Names, operandTest, type Test } from './operands.ts'
import { IP_PROTOCOL } from './words.ts'

/** A load beyond the packet's end: the program returns at once, and the packet is not taken. */
class OutOfPacket extends Error {}

/** gencode.c: the filter as a test of one frame. Names are looked up while it is made. */
export async function compileFilter(node: Node, names: Names): Promise<Test> {
  const test = await compile(node, names)
  return (frame) => {
    try {
      return test(frame)
    } catch (error) {
      if (error instanceof OutOfPacket) return false
      throw error
    }
  }
}

async function compile(node: Node, names: Names): Promise<Test> {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const left = await compile(node.left, names)
      const right = await compile(node.right, names)
      return node.kind === 'and' ? (f) => left(f) && right(f) : (f) => left(f) || right(f)
    }
    case 'not': {
      const of = await compile(node.of, names)
      return (f) => !of(f)
    }
    case 'protocol':
      if (node.protocol !== 'ether') needLink(names)
      return (f) => isProtocol(f, node.protocol)
    case 'operand':
      needLink(names)
      return operandTest(node.qualifiers, node.operand, names)
    case 'length':
      return (f) => (node.atLeast ? frameLength(f) >= node.value : frameLength(f) <= node.value)
    case 'direction':
      return (f) => (f.direction !== 'Out') === node.inbound
    case 'cast':
      needLink(names)
      return (f) => isCast(f, node.protocol, node.to)
    case 'compare':
      return compare(node.op, node.left, node.right, names)
  }
}

/** NFLOG's headers tell an address family at most (gen_linktype). */
function needLink(names: Names): void {
  if (names.linkType === 'NFLOG') throw new FilterError('NFLOG link-layer type filtering not implemented')
}

export function isProtocol(frame: Captured, protocol: Protocol): boolean {
  const { packet } = frame
  if (protocol === 'ether') return true
  if (protocol === 'ip') return packet?.family === 4
  if (protocol === 'ip6') return packet?.family === 6
  if (protocol === 'arp') return frame.arp !== undefined
  if (packet === undefined || packet.proto !== IP_PROTOCOL[protocol]) return false
  return protocol === 'icmp' ? packet.family === 4 : protocol === 'icmp6' ? packet.family === 6 : true
}

function isCast(frame: Captured, protocol: 'ether' | 'ip' | 'ip6', to: 'broadcast' | 'multicast'): boolean {
  const { packet } = frame
  if (protocol === 'ether') {
    if (frame.linkType !== 'EN10MB') throw new OutOfPacket()
    return to === 'broadcast' ? frame.dstMac === 'ff:ff:ff:ff:ff:ff' : (Number.parseInt(frame.dstMac.slice(0, 2), 16) & 1) === 1
  }
  if (protocol === 'ip6') return packet?.family === 6 && to === 'multicast' && packet.dst.startsWith('ff')
  if (packet?.family !== 4) return false
  return to === 'multicast' ? Number(packet.dst.split('.')[0]) >= 224 : packet.dst === '255.255.255.255'
}

type Value = (frame: Captured) => number

function compare(op: string, left: Arithmetic, right: Arithmetic, names: Names): Test {
  const protocols = new Set<Protocol>()
  const a = numberFrom(left, protocols)
  const b = numberFrom(right, protocols)
  if ([...protocols].some((p) => p !== 'ether')) needLink(names)
  if (isConstant(left) && isConstant(right) && !(RELATIONS[op] as Relation)(a(NO_FRAME), b(NO_FRAME)))
    throw new FilterError('expression rejects all packets')
  const holds = RELATIONS[op] as Relation
  return (frame) => [...protocols].every((p) => loads(frame, p)) && holds(a(frame), b(frame))
}

type Relation = (x: number, y: number) => boolean

/** What a constant is computed from. */
const NO_FRAME = {} as Captured

/** What the optimiser computes while it compiles. */
function isConstant(expression: Arithmetic): boolean {
  if (expression.op === 'number') return true
  return 'left' in expression && isConstant(expression.left) && isConstant(expression.right)
}

const RELATIONS: Readonly<Record<string, Relation>> = {
  '=': (x, y) => x === y,
  '==': (x, y) => x === y,
  '!=': (x, y) => x !== y,
  '>': (x, y) => x > y,
  '<': (x, y) => x < y,
  '>=': (x, y) => x >= y,
  '<=': (x, y) => x <= y,
}

/** Whether proto[...] can be asked of this frame: transport headers are found behind IPv4 only, but for icmp6. */
function loads(frame: Captured, protocol: Protocol): boolean {
  if (!isProtocol(frame, protocol)) return false
  return ['ether', 'arp', 'rarp', 'ip', 'ip6', 'icmp6'].includes(protocol) || ethertype(frame) === 0x0800
}

const IPV4_HEADER = 20
const IPV6_HEADER = 40

function headerOf(frame: Captured, protocol: Protocol): string {
  if (protocol === 'ether') return linkBytes(frame) + networkBytes(frame)
  const bytes = networkBytes(frame)
  if (['arp', 'rarp', 'ip', 'ip6'].includes(protocol)) return bytes
  return bytes.slice(protocol === 'icmp6' ? IPV6_HEADER : IPV4_HEADER)
}

function numberFrom(expression: Arithmetic, protocols: Set<Protocol>): Value {
  if (expression.op === 'number') return () => expression.value >>> 0
  if (expression.op === 'length') return frameLength
  if (expression.op === 'load') {
    const { protocol, size } = expression
    protocols.add(protocol)
    const at = numberFrom(expression.at, protocols)
    return (frame) => {
      const bytes = headerOf(frame, protocol)
      const from = at(frame)
      if (from + size > bytes.length) throw new OutOfPacket()
      let value = 0
      for (let i = 0; i < size; i++) value = value * 256 + bytes.charCodeAt(from + i)
      return value
    }
  }
  const left = numberFrom(expression.left, protocols)
  const right = numberFrom(expression.right, protocols)
  const operate = OPERATIONS[expression.op] as (x: number, y: number) => number
  return (frame) => operate(left(frame), right(frame)) >>> 0
}

/** BPF's arithmetic: 32 bits without sign; a division by zero ends the program. */
const OPERATIONS: Readonly<Record<string, (x: number, y: number) => number>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => Number((BigInt(x) * BigInt(y)) & 0xffffffffn),
  '/': (x, y) => Math.floor(x / nonZero(y)),
  '%': (x, y) => x % nonZero(y),
  '&': (x, y) => x & y,
  '|': (x, y) => x | y,
  '^': (x, y) => x ^ y,
  '<<': (x, y) => (y > 31 ? 0 : x << y),
  '>>': (x, y) => (y > 31 ? 0 : x >>> y),
}

function nonZero(y: number): number {
  if (y === 0) throw new OutOfPacket()
  return y
}
