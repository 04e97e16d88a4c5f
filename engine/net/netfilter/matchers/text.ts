import { packetBytes } from '../../bytes.ts'
import { parameterProblem } from '../errors.ts'
import type { Matcher } from '../extension.ts'
import { quoted } from '../quote.ts'
import { isValidProgram, parseProgram, runProgram } from './bpf-program.ts'

/** libxt_string.c: --hex-string is kept as the bytes it names and printed back as hex when they do not print. */
export const string: Matcher = {
  name: 'string',
  options: [
    { name: 'from', arg: true, type: { kind: 'uint', max: 65535 } },
    { name: 'to', arg: true, type: { kind: 'uint', max: 65535 } },
    {
      name: 'algo',
      arg: true,
      mandatory: true,
      use: ({ draft, arg }) => {
        draft['algo'] = arg
      },
    },
    {
      name: 'string',
      arg: true,
      type: { kind: 'string', min: 1, max: 128 },
      invert: true,
      key: 'pattern',
      exclusive: ['hex-string'],
    },
    {
      name: 'hex-string',
      arg: true,
      invert: true,
      exclusive: ['string'],
      use: ({ draft, arg, invert }) => {
        draft['pattern'] = arg.replace(/\|([0-9a-fA-F\s]*)\|/g, (_, body: string) =>
          (body.replace(/\s/g, '').match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(''),
        )
        if (invert) draft['patternInv'] = true
      },
    },
    { name: 'icase', type: { kind: 'none' } },
  ],
  finish: (draft) => {
    if (draft['pattern'] === undefined) parameterProblem("STRING match: You must specify `--string' or `--hex-string'")
  },
  print: (d, { dialect }) =>
    `STRING match ${d['patternInv'] ? '!' : ''} ${shown(d['pattern'] as string)} ALGO name ${d['algo']}${d['from'] ? ` FROM ${d['from']}` : ''}${
      d['to'] !== undefined || dialect.stringToDefault ? ` TO ${d['to'] ?? 65535}` : ''
    }${d['icase'] ? ' ICASE' : ''}`,
  save: (d, { dialect }) =>
    `${d['patternInv'] ? ' !' : ''} --${printable(d['pattern'] as string) ? 'string' : 'hex-string'} ${shown(d['pattern'] as string)} --algo ${d['algo']}${
      d['from'] ? ` --from ${d['from']}` : ''
    }${d['to'] !== undefined || dialect.stringToDefault ? ` --to ${d['to'] ?? 65535}` : ''}${d['icase'] ? ' --icase' : ''}`,
  // Only what ts_bm.c and ts_kmp.c register; the modules of others do not exist.
  refuse: (d) => (d['algo'] === 'bm' || d['algo'] === 'kmp' ? undefined : 'ENOENT'),
  matches: (d, { packet }) => {
    // Offsets count from the IP header; a match may begin anywhere between them (skb_find_text).
    const bytes = packetBytes(packet)
    const from = (d['from'] as number | undefined) ?? 0
    const to = (d['to'] as number | undefined) ?? 65535
    const fold = (text: string) => (d['icase'] ? text.toLowerCase() : text)
    const at = fold(bytes).indexOf(fold(d['pattern'] as string), from)
    return (at >= 0 && at <= to) !== (d['patternInv'] === true)
  },
}

function printable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function shown(text: string): string {
  if (printable(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`
  return `"|${[...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')}|"`
}

/** libxt_helper.c: connections of the engine have no helpers. */
export const helper: Matcher = {
  name: 'helper',
  options: [{ name: 'helper', arg: true, type: { kind: 'string', size: 29 }, invert: true, mandatory: true }],
  print: (d) => `helper match ${d['helperInv'] ? '! ' : ''}"${d['helper']}"`,
  save: (d) => `${d['helperInv'] ? ' !' : ''} --helper ${quoted(d['helper'] as string)}`,
  matches: (d) => d['helperInv'] === true,
}

/** libxt_bpf.c, xt_bpf.c: a classic BPF program over the packet from its IP header on. No program is pinned anywhere here. */
export const bpf: Matcher = {
  name: 'bpf',
  options: [
    { name: 'bytecode', arg: true, type: { kind: 'string' } },
    { name: 'object-pinned', arg: true, type: { kind: 'string' } },
  ],
  print: (d) => `match bpf ${d['bytecode'] ?? `pinned ${d['object-pinned']}`}`,
  save: (d) => (d['bytecode'] === undefined ? ` --object-pinned ${d['object-pinned']}` : ` --bytecode "${d['bytecode']}"`),
  refuse: (d) => {
    if (d['bytecode'] === undefined) return 'ENOENT'
    return isValidProgram(parseProgram(d['bytecode'] as string)) ? undefined : 'EINVAL'
  },
  matches: (d, { packet }) => runProgram(programOf(d['bytecode'] as string), packetBytes(packet)) !== 0,
}

const programs = new Map<string, ReturnType<typeof parseProgram>>()

/** Programs are read once. */
function programOf(text: string): ReturnType<typeof parseProgram> {
  let program = programs.get(text)
  if (program === undefined) {
    program = parseProgram(text)
    programs.set(text, program)
  }
  return program
}
