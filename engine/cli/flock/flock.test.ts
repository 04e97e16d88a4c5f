import { beforeEach, describe, expect, test } from 'vitest'
import { Canceller, Clock } from '../../clock/clock.ts'
import type { Machine } from '../../cluster/machine.ts'
import { Ruleset } from '../../net/netfilter/ruleset.ts'
import type { Command, CommandContext } from '../command.ts'
import { iptables } from '../iptables/iptables.ts'
import { iptablesRestore } from '../iptables/restore.ts'
import { sleep } from '../system/sleep.ts'
import { flock } from './flock.ts'

const PROGRAMS: Readonly<Record<string, Command>> = { flock, sleep, iptables, 'iptables-restore': iptablesRestore }

/** A node with two terminals: programs that run beside each other on one clock and one file system. */
class Node {
  readonly clock = new Clock(0)
  private readonly ruleset = new Ruleset()
  private readonly files = new Map<string, string>([['/run/xtables.lock', '']])
  private readonly fs = {
    exists: (path: string) => this.files.has(path),
    read: (path: string) => this.files.get(path) ?? '',
    write: (path: string, text: string) => void this.files.set(path, text),
    realpath: (path: string) => path,
  }

  /** Starts a program; the outcome comes when the clock lets it. */
  start(
    argv: readonly string[],
    version = '1.8.7/legacy',
    stdin = '',
  ): { done: boolean; text: string; exit: number; stop(): void } {
    const signal = new Canceller()
    const outcome = { done: false, text: '', exit: -1, stop: () => signal.abort() }
    const [v = '', backend] = version.split('/')
    const context = (words: readonly string[]): CommandContext =>
      ({
        argv: words,
        env: {},
        cwd: '/root',
        user: { name: 'root', uid: 0, gid: 0, home: '/root' },
        stdin: { isTty: true, text: async () => stdin },
        stdout: { write: () => {} },
        stderr: { write: (text: string) => (outcome.text += text) },
        machine: { netns: { netfilter: this.ruleset }, fs: this.fs, iptables: { version: v, backend } } as unknown as Machine,
        clock: this.clock,
        signal,
        sleep: (ms: number) => this.clock.sleep(ms, signal),
        mark: () => {},
        findProgram: (name: string) => (PROGRAMS[name] === undefined ? undefined : `/usr/bin/${name}`),
        run: async (inner: readonly string[]) => PROGRAMS[inner[0] as string]?.run(context(inner)) ?? 127,
      }) as unknown as CommandContext
    void Promise.resolve(PROGRAMS[argv[0] as string]?.run(context(argv))).then((exit) => {
      outcome.exit = exit as number
      outcome.done = true
    })
    return outcome
  }

  /** Lets the clock run to a second, with what waits for it. */
  async until(second: number): Promise<void> {
    for (let ms = this.clock.now; ms <= second * 1000; ms += 100) {
      this.clock.advanceTo(ms)
      for (let i = 0; i < 10; i++) await Promise.resolve()
    }
  }
}

const HELD = 'Another app is currently holding the xtables lock'
const LOCKED = "Can't lock /run/xtables.lock: Resource temporarily unavailable\n"

/** As the tools of 1.8.7, 1.8.9, 1.8.11 and 1.8.13 behaved while flock(1) held their lock. */
describe('the xtables lock', () => {
  let node = new Node()
  const list = (version: string, ...words: readonly string[]) => node.start(['iptables', ...words, '-L'], version)
  beforeEach(async () => {
    node = new Node()
    node.start(['flock', '/run/xtables.lock', 'sleep', '15'])
    await node.until(0)
  })

  test('without -w: 1.8.7 and 1.8.11 refuse, 1.8.9 waits for ever, nft does not care', async () => {
    const [old, patient, later, nft] = [list('1.8.7/legacy'), list('1.8.9/legacy'), list('1.8.11/legacy'), list('1.8.7/nft')]
    await node.until(1)
    expect([old.exit, old.text]).toEqual([4, `${HELD}. Perhaps you want to use the -w option?\n`])
    expect([later.exit, later.text]).toEqual([4, `${LOCKED}${HELD}. Perhaps you want to use the -w option?\n`])
    expect(nft.exit).toBe(0)
    expect(patient.done).toBe(false)
    await node.until(16)
    expect([patient.exit, patient.text]).toEqual([0, ''])
  })

  test('-w SECONDS stops waiting, in the words of each version; a long enough wait succeeds', async () => {
    const outcomes = [list('1.8.7/legacy', '-w', '2'), list('1.8.9/legacy', '-w', '2'), list('1.8.13/legacy', '-w', '20')]
    await node.until(1)
    expect(outcomes.map((o) => o.done)).toEqual([false, false, false])
    await node.until(3)
    expect(outcomes.map((o) => [o.exit, o.text])).toEqual([
      [4, `${HELD}. Stopped waiting after 2s.\n`],
      [4, `${LOCKED}${HELD}. Stopped waiting after 2s.\n`],
      [-1, ''],
    ])
    await node.until(16)
    expect([outcomes[2]?.exit, outcomes[2]?.text]).toEqual([0, ''])
  })

  test('1.8.7 says at every tenth look how long it still waits', async () => {
    const outcome = node.start(['iptables-restore', '-w', '1', '-W', '100000'], '1.8.7/legacy', '*filter\nCOMMIT\n')
    await node.until(2)
    const still = `${HELD}; still 0s 100000us time ahead to have a chance to grab the lock...\n`
    expect([outcome.exit, outcome.text]).toEqual([4, `${still}${HELD}. Stopped waiting after 1s.\n`])
  })

  test('a restore that names no table needs no lock; Ctrl-C ends a wait without a limit', async () => {
    const comment = node.start(['iptables-restore'], '1.8.11/legacy', '# nothing\n')
    const waiting = list('1.8.11/legacy', '-w')
    await node.until(1)
    expect([comment.exit, waiting.done]).toEqual([0, false])
    waiting.stop()
    await node.until(2)
    expect(waiting.exit).toBe(130)
  })
})

describe('flock', () => {
  test('one holds, another waits, a third will not', async () => {
    const node = new Node()
    node.start(['flock', '/tmp/l', 'sleep', '5'])
    await node.until(0)
    const second = node.start(['flock', '/tmp/l', 'sleep', '1'])
    const third = node.start(['flock', '-n', '-E', '7', '/tmp/l', 'sleep', '1'])
    const timed = node.start(['flock', '-w', '2', '/tmp/l', 'sleep', '1'])
    await node.until(4)
    expect([second.done, third.exit, timed.exit]).toEqual([false, 7, 1])
    await node.until(7)
    expect(second.exit).toBe(0)
  })

  test('shared holders stand beside each other', async () => {
    const node = new Node()
    node.start(['flock', '-s', '/tmp/l', 'sleep', '5'])
    await node.until(0)
    const shared = node.start(['flock', '-s', '-n', '/tmp/l', 'sleep', '1'])
    const exclusive = node.start(['flock', '-n', '/tmp/l', 'sleep', '1'])
    await node.until(2)
    expect([shared.exit, exclusive.exit]).toEqual([0, 1])
  })

  test.each([
    [[], 64, "flock: not enough arguments\nTry 'flock --help' for more information.\n"],
    [['x1'], 64, "flock: bad file descriptor: 'x1'\n"],
    [['/tmp/l', '-c'], 64, 'flock: -c requires exactly one command argument\n'],
    [['/tmp/l', 'nosuch'], 69, 'flock: failed to execute nosuch: No such file or directory\n'],
    [['-w', 'x', '/tmp/l', 'sleep', '1'], 64, "flock: invalid timeout value: 'x'\n"],
    [['-E', 'x', '/tmp/l', 'sleep', '1'], 64, "flock: invalid exit code: 'x'\n"],
    [['-Z'], 64, "flock: invalid option -- 'Z'\nTry 'flock --help' for more information.\n"],
    [['-w'], 64, "flock: option requires an argument -- 'w'\nTry 'flock --help' for more information.\n"],
  ])('flock %j, as util-linux 2.38.1 answers', async (words, exit, text) => {
    const node = new Node()
    const outcome = node.start(['flock', ...words])
    await node.until(0)
    expect([outcome.exit, outcome.text]).toEqual([exit, text])
  })
})
