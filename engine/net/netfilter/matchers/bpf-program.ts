/** One instruction of classic BPF (struct sock_filter). */
interface Instruction {
  readonly code: number
  readonly jt: number
  readonly jf: number
  readonly k: number
}

/** "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0": how many, then code, jt, jf and k of each. */
export function parseProgram(text: string): readonly Instruction[] {
  return text
    .split(',')
    .slice(1)
    .map((part) => {
      const [code = 0, jt = 0, jf = 0, k = 0] = part.trim().split(/\s+/).map(Number)
      return { code, jt, jf, k: k >>> 0 }
    })
}

const LOADS = [0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x00, 0x60, 0x80, 0x01, 0x61, 0x81, 0xb1]
const ALU = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x90, 0xa0].flatMap((op) => [op | 4, op | 0xc])
const JUMPS = [0x05, ...[0x10, 0x20, 0x30, 0x40].flatMap((op) => [op | 5, op | 0xd])]
const KNOWN = new Set([...LOADS, 0x02, 0x03, ...ALU, 0x84, ...JUMPS, 0x06, 0x16, 0x07, 0x87])
const SCRATCH = 16

/** What the kernel takes (bpf_check_classic): known instructions, jumps within the program, a return at its end. */
export function isValidProgram(program: readonly Instruction[]): boolean {
  if (program.length === 0 || ((program.at(-1)?.code ?? 0) & 7) !== 6) return false
  return program.every(({ code, jt, jf, k }, at) => {
    if (!KNOWN.has(code)) return false
    if (code === 0x05) return at + 1 + k < program.length
    if ((code & 7) === 5) return at + 1 + jt < program.length && at + 1 + jf < program.length
    if (code === 0x34 || code === 0x94) return k !== 0
    return [0x60, 0x61, 0x02, 0x03].includes(code) ? k < SCRATCH : true
  })
}

/** Runs a program over a packet from its IP header on; its return value (__bpf_prog_run of the translated program). */
export function runProgram(program: readonly Instruction[], bytes: string): number {
  const scratch = new Array<number>(SCRATCH).fill(0)
  let a = 0
  let x = 0
  const load = (at: number, size: number): number | undefined => {
    if (at < 0 || at + size > bytes.length) return undefined
    let value = 0
    for (let i = 0; i < size; i++) value = value * 256 + bytes.charCodeAt(at + i)
    return value
  }
  for (let at = 0; at < program.length; at++) {
    const { code, jt, jf, k } = program[at] as Instruction
    const kind = code & 7
    if (kind === 6) return code === 0x16 ? a : k
    if (kind === 0 || kind === 1) {
      const value = fetch(code, k, x, scratch, bytes.length, load)
      // Beyond the packet's end the program returns 0.
      if (value === undefined) return 0
      if (kind === 0) a = value
      else x = value
    } else if (code === 0x02) scratch[k] = a
    else if (code === 0x03) scratch[k] = x
    else if (code === 0x07) x = a
    else if (code === 0x87) a = x
    else if (kind === 4) {
      const result = compute(code & 0xf0, a, code & 8 ? x : k)
      if (result === undefined) return 0
      a = result
    } else if (code === 0x05) at += k
    else at += jumps(code & 0xf0, a, code & 8 ? x : k) ? jt : jf
  }
  return 0
}

type Load = (at: number, size: number) => number | undefined

function fetch(code: number, k: number, x: number, scratch: readonly number[], length: number, load: Load): number | undefined {
  const size = code & 0x18 ? (code & 0x10 ? 1 : 2) : 4
  switch (code & 0xe0) {
    case 0x20:
      return load(k, size)
    case 0x40:
      return load(x + k, size)
    case 0x60:
      return scratch[k] as number
    case 0x80:
      return length
    case 0xa0: {
      const byte = load(k, 1)
      return byte === undefined ? undefined : (byte & 15) * 4
    }
    default:
      return k
  }
}

function compute(op: number, a: number, b: number): number | undefined {
  switch (op) {
    case 0x00:
      return (a + b) >>> 0
    case 0x10:
      return (a - b) >>> 0
    case 0x20:
      return Math.imul(a, b) >>> 0
    case 0x30:
      return b === 0 ? undefined : Math.floor(a / b)
    case 0x40:
      return (a | b) >>> 0
    case 0x50:
      return (a & b) >>> 0
    case 0x60:
      return (a << (b & 31)) >>> 0
    case 0x70:
      return a >>> (b & 31)
    case 0x80:
      return -a >>> 0
    case 0x90:
      return b === 0 ? undefined : a % b
    default:
      return (a ^ b) >>> 0
  }
}

function jumps(op: number, a: number, b: number): boolean {
  if (op === 0x10) return a === b
  if (op === 0x20) return a > b
  return op === 0x30 ? a >= b : (a & b) !== 0
}
