import { expect, test } from 'vitest'
import { FlagError, parseFlags } from './parse.ts'
import { flag } from './spec.ts'

const SPECS = [
  flag('all', 'bool', { short: 'A' }),
  flag('namespace', 'string', { short: 'n' }),
  flag('replicas', 'int32'),
  flag('dry-run', 'string', { fallback: 'none', bare: 'unchanged' }),
  flag('columns', 'stringSlice', { short: 'L' }),
  flag('timeout', 'duration', { fallback: '30s' }),
]

test('flags and arguments in any order; "--" ends the flags', () => {
  const { flags, args, dash } = parseFlags(SPECS, [
    'get',
    '-n',
    'x',
    '--replicas=3',
    'pods',
    '-A',
    '-La,b',
    '--columns',
    'c',
    '--',
    '-n',
  ])
  expect(args).toEqual(['get', 'pods', '-n'])
  expect(dash).toBe(2)
  expect(flags.text('namespace')).toBe('x')
  expect(flags.int('replicas')).toBe(3)
  expect(flags.bool('all')).toBe(true)
  expect(flags.list('columns')).toEqual(['a', 'b', 'c'])
  expect(flags.duration('timeout')).toBe(30_000)
  expect(flags.changed('timeout')).toBe(false)
})

test('an optional value is only taken with "="', () => {
  expect(parseFlags(SPECS, ['--dry-run', 'client'])).toMatchObject({ args: ['client'] })
  expect(parseFlags(SPECS, ['--dry-run', 'client']).flags.text('dry-run')).toBe('unchanged')
  expect(parseFlags(SPECS, ['--dry-run=client']).flags.text('dry-run')).toBe('client')
  expect(parseFlags(SPECS, ['--all=false']).flags.bool('all')).toBe(false)
})

test.each([
  [['--nosuch'], 'unknown flag: --nosuch'],
  [['--nosuch=1'], 'unknown flag: --nosuch'],
  [['-Az'], "unknown shorthand flag: 'z' in -z"],
  [['-n'], "flag needs an argument: 'n' in -n"],
  [['--namespace'], 'flag needs an argument: --namespace'],
  [['--=x'], 'bad flag syntax: --=x'],
  [['--replicas=x'], 'invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  [
    ['--replicas=99999999999'],
    'invalid argument "99999999999" for "--replicas" flag: strconv.ParseInt: parsing "99999999999": value out of range',
  ],
  [['--all=maybe'], 'invalid argument "maybe" for "-A, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
  [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
])('%j: %s', (args, message) => {
  expect(() => parseFlags(SPECS, args)).toThrow(new FlagError(message))
})
