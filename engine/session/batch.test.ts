import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../test/support/ports.ts'
import type { Json } from '../base/json.ts'
import { runBatchRecord } from './batch.ts'

const run = async (record: Json) => {
  const result = await runBatchRecord(record, { ...hostPorts(), lab: () => undefined })
  return 'error' in result ? result : { ...result, steps: result.steps }
}
const steps = async (list: readonly Json[], rest: Readonly<Record<string, Json>> = {}) => {
  const result = await run({ id: 1, ...rest, steps: list })
  if ('error' in result) throw new Error(result.error)
  return result.steps
}
const stdout = async (list: readonly Json[], rest: Readonly<Record<string, Json>> = {}) =>
  (await steps(list, rest)).map((step) => step.stdout)

describe('batch mode on a bare node', () => {
  it('keeps files, rules and the clock from step to step, and neither variables nor folder', async () => {
    const out = await stdout([
      { line: 'x=1; cd /etc; echo hi > /root/f; sleep 2' },
      { line: 'echo "[$x]" $(cat /root/f); ls; date +%s' },
      { argv: ['iptables', '-N', 'A'] },
      { line: 'iptables -S | tail -1' },
    ])
    expect(out[1]).toBe('[] hi\n1767225602\n')
    expect(out[3]).toBe('-N A\n')
  })

  it('has no aliases, no terminal, empty stdin and a new empty folder in a line', async () => {
    const [first, second] = await steps([
      { line: 'alias ll="echo hi"; ll; cat; [ -t 0 ] || echo pipe; touch x; pwd' },
      { line: 'ls; cat', stdin: 'in\n' },
    ])
    expect(first?.stdout).toMatch(/^pipe\n\/tmp\/tmp\.\w{10}\n$/)
    expect(first?.stderr).toBe('bash: line 1: ll: command not found\n')
    expect(second?.stdout).toBe('in\n')
  })

  it('runs with another tool version for one step', async () => {
    const out = await stdout([{ argv: ['iptables', '-V'], as: { iptables: '1.8.7/legacy' } }, { argv: ['iptables', '-V'] }])
    expect(out).toEqual(['iptables v1.8.7 (legacy)\n', 'iptables v1.8.11 (nf_tables)\n'])
  })

  it('knows users by name and number, and writes files first', async () => {
    expect(await stdout([{ line: 'id -u; cat /a/b' }], { user: '1234', files: { '/a/b': 'hé\n' } })).toEqual(['1234\nhé\n'])
    expect(await stdout([{ argv: ['whoami'] }])).toEqual(['root\n'])
  })

  it('moves the clock to `now` before a step, never back, and from the given start', async () => {
    const out = await stdout(
      [
        { line: 'date -u +%H:%M:%S', now: '2026-03-01T10:00:00Z' },
        { line: 'date -u +%H:%M:%S', now: '2026-03-01T09:00:00Z' },
        { line: 'sleep 1.5; date -u +%H:%M:%S' },
      ],
      { cluster: { now: '2026-03-01T08:00:00Z' } },
    )
    expect(out).toEqual(['10:00:00\n', '10:00:00\n', '10:00:01\n'])
  })

  it('stops what nothing can end after ten virtual minutes, keeping what was printed', async () => {
    const [wait, loop, after] = await steps([
      { line: 'echo before; sleep infinity; echo never' },
      { line: 'echo a; while true; do :; done' },
      { line: 'date -u +%H:%M' },
    ])
    expect(wait).toMatchObject({ stdout: 'before\n', exit: 124, timedOut: true })
    expect(loop).toMatchObject({ stdout: 'a\n', exit: 124, timedOut: true })
    expect(after?.stdout).toBe('00:20\n')
  }, 60_000)

  it('ends long waits that do end', async () => {
    expect((await steps([{ line: 'sleep 599; echo $?' }]))[0]).toMatchObject({ stdout: '0\n', stderr: '', exit: 0 })
    expect((await steps([{ line: 'timeout 5 sleep 60; echo $?' }]))[0]?.stdout).toBe('124\n')
  })

  it.each([
    ['a lab nobody knows', { id: 'a', lab: 'nope', steps: [] }, 'no such lab: nope'],
    ['a node nobody knows', { id: 'b', node: 'x', steps: [] }, 'no such node: x'],
    [
      'objects that are none',
      { id: 'c', cluster: { objects: { a: 1 } }, steps: [] },
      'cluster.objects: neither a v1 List nor an array',
    ],
    ['an object without a kind', { id: 'd', cluster: { objects: [{}] }, steps: [] }, 'cluster.objects[0]: not an API object'],
    ['a time that is none', { id: 'e', steps: [{ argv: ['true'], now: 'noon' }] }, 'not a time: noon'],
    ['a version that is none', { id: 'f', steps: [{ argv: ['true'], as: { iptables: '1' } }] }, 'not an iptables version: 1'],
    ['a user nobody knows', { id: 'g', user: 'eve', steps: [] }, 'no such user: eve'],
  ])('answers %s with an error and its id', async (_, record, error) => {
    expect(await run(record as Json)).toEqual({ id: record.id, error })
  })

  it('answers what is no record', async () => {
    expect(await run([1])).toMatchObject({ id: null, error: expect.any(String) })
    expect(await run({ id: 7, steps: [{ argv: [] }] })).toMatchObject({ id: 7, error: expect.stringContaining('steps.0') })
    expect(await run({ id: 7, steps: [{ line: 'x', argv: ['x'] }] })).toMatchObject({ id: 7, error: expect.any(String) })
  })

  it('says so of a program that is not there, and passes 1 MB and bytes through', async () => {
    const big = 'x'.repeat(1_000_000)
    const [missing, long, bytes] = await steps([
      { argv: ['nosuch'] },
      { line: 'wc -c', stdin: big },
      { line: 'cat | od -An -c', stdin: '\u0000é\u001b' },
    ])
    expect(missing?.exit).toBe(127)
    expect(long?.stdout.trim()).toBe('1000000')
    expect(bytes?.stdout.trim()).toBe('\\0 303 251 033')
  })
})
