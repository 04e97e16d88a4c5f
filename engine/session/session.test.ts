import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../test/support/ports.ts'
import type { Json } from '../base/json.ts'
import { createSession, restoreSession } from './create.ts'
import type { Session, SessionEvent, SessionSpec } from './types.ts'

const NODE = (name: string, ip: string, labels: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    uid: `uid-${name}`,
    labels: { 'kubernetes.io/hostname': name, ...labels },
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { podCIDR: '10.244.0.0/24' },
  status: { addresses: [{ type: 'InternalIP', address: ip }], conditions: [{ type: 'Ready', status: 'True' }] },
})
const SPEC: SessionSpec = {
  cluster: {
    objects: [
      NODE('cp-1', '192.168.10.10', { 'node-role.kubernetes.io/control-plane': '' }),
      NODE('worker-1', '192.168.10.11', {}),
    ] as unknown as readonly Json[],
    now: '2026-01-02T00:00:00Z',
  },
}

async function open(spec = SPEC, time: 'real' | 'virtual' = 'virtual') {
  const session = createSession(spec, { ...hostPorts(), time })
  const events: SessionEvent[] = []
  session.on((event) => events.push(event))
  await session.apply({ type: 'open', shell: 's', target: { kind: 'node', node: 'cp-1' }, columns: 100, rows: 30 })
  const output = () =>
    events
      .splice(0)
      .map((event) => (event.type === 'output' ? event.data : ''))
      .join('')
  const type = async (text: string) => {
    output()
    await session.apply({ type: 'line', shell: 's', text })
    return output()
  }
  return { session, events, output, type }
}

const state = (session: Session) => {
  const { state: all } = session.snapshot() as unknown as {
    state: { cluster: Json; shells: { shell: { levels: { bash: Json }[] } }[] }
  }
  return JSON.stringify([all.cluster, all.shells.map(({ shell }) => shell.levels.map(({ bash }) => bash))])
}

describe('a session', () => {
  it('keeps folder, variables, functions and aliases of its shell, and goes through a stack of shells', async () => {
    const { session, type } = await open()
    await type('cd /tmp; x=5; f() { echo "f $x"; }; alias hi="echo hello"')
    expect(await type('hi; f; pwd; echo $?')).toBe('hello\nf 5\n/tmp\n0\n')
    expect(session.promptOf('s')?.prompt).toBe('root@cp-1:/tmp# ')
    await type('ssh worker-1')
    expect(session.promptOf('s')?.prompt).toBe('root@worker-1:~# ')
    expect(await type('exit 3')).toBe('logout\nConnection to worker-1 closed.\n')
    expect(await type('echo $? $x')).toBe('3 5\n')
  })

  it('gives a substitution the output of the programs in it, whatever command it stands in', async () => {
    const { type } = await open()
    expect(await type('kubectl get node $(kubectl get nodes -o name | head -1 | cut -d/ -f2) -o name')).toBe('node/cp-1\n')
    expect(await type('echo "[$(ssh worker-1 hostname)]" $(kubectl get nodes -o name | sed s/node.//)')).toBe(
      '[worker-1] cp-1 worker-1\n',
    )
    expect(await type('hostname $(hostname) 2>/dev/null; f() { hostname; }; echo "<$(f)>"; f | tr a-z A-Z')).toBe(
      '<cp-1>\nCP-1\n',
    )
  })

  it('says how sure the last answer is', async () => {
    const { session, type } = await open()
    await type('iptables -L -n')
    expect(session.view().fidelity).toBe('recorded')
    await type('ls')
    expect(session.view().fidelity).toBe('modelled')
    await type('top')
    expect(session.view().fidelity).toBe('not emulated')
  })

  it('asks for more, and Ctrl-C forgets it', async () => {
    const { session, type } = await open()
    await type('for i in 1 2')
    expect(session.promptOf('s')).toMatchObject({ prompt: '> ', more: true })
    await session.apply({ type: 'signal', shell: 's', signal: 'INT' })
    expect(session.promptOf('s')).toMatchObject({ prompt: 'root@cp-1:~# ', more: false })
    await type('for i in 1 2')
    await type('do echo $i')
    expect(await type('done')).toBe('1\n2\n')
    expect(session.promptOf('s')?.history).toEqual(['for i in 1 2; do echo $i; done'])
  })

  it('prints as it goes, waits in virtual time, and stops at Ctrl-C', async () => {
    const { session, output } = await open(SPEC, 'real')
    const from = session.now
    const running = session.apply({ type: 'line', shell: 's', text: 'for i in 1 2 3; do echo $i; sleep 10; done; echo end' })
    const turns = () => new Promise((resolve) => setTimeout(resolve, 20))
    await turns()
    expect(output()).toBe('1\n')
    expect(session.idle).toBe(false)
    await session.pump(10_000)
    await turns()
    expect([output(), session.now - from]).toEqual(['2\n', 10_000])
    await session.apply({ type: 'clock', action: 'pause' })
    await session.pump(60_000)
    expect(session.now - from).toBe(10_000)
    await session.apply({ type: 'signal', shell: 's', signal: 'INT' })
    await running
    expect(output()).toBe('^C\n')
    expect(session.promptOf('s')).toMatchObject({ exit: 130 })
  })

  it('gives typed lines to what reads them, and runs the rest afterwards', async () => {
    const { session, output } = await open(SPEC, 'real')
    const line = (text: string) => session.apply({ type: 'line', shell: 's', text })
    const running = line('read a; sleep 1; echo "[$a]"')
    await line('one')
    await line('echo two')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await session.pump(1000)
    await running
    expect(output()).toBe('[one]\ntwo\n')
  })

  it('undoes objects, rules, files, shells and the clock, and does again what was undone', async () => {
    const lines = [
      'kubectl create namespace n$RANDOM',
      'iptables -A INPUT -s 10.0.0.$((RANDOM % 250)) -j DROP',
      'echo $RANDOM > /root/f$((RANDOM % 3))',
      'cd /etc; x=$RANDOM',
      'f() { echo $RANDOM; }; sleep 3; echo $RANDOM >> /root/g',
      'kubectl create configmap c$RANDOM --from-literal=a=b',
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 5 }), async (chosen) => {
        const { session, type } = await open()
        const states: string[] = []
        let steps = 0
        for (const line of chosen) {
          states.push(state(session))
          await type(line)
          steps++
        }
        const end = state(session)
        for (let i = steps; i > 0; i--) {
          await session.apply({ type: 'undo' })
          expect(state(session)).toBe(states[i - 1])
        }
        for (let i = 0; i < steps; i++) await session.apply({ type: 'redo' })
        expect(state(session)).toBe(end)
      }),
      { numRuns: 12 },
    )
  }, 60_000)

  it('has nothing to undo in a look, which leaves redo alone', async () => {
    const { session, type } = await open()
    await type('echo 1 > /root/f')
    await session.apply({ type: 'undo' })
    await type('ls; kubectl get nodes; iptables -S')
    expect(session.view().undo).toMatchObject({ canUndo: false, canRedo: true, redoLabel: 'echo 1 > /root/f' })
    await expect(session.apply({ type: 'undo' })).rejects.toThrow('nothing to undo')
    expect(await type('chainwalk redo; cat /root/f')).toContain('done again: echo 1 > /root/f')
    expect(await type('cat /root/f')).toBe('1\n')
  })

  it('says of undo and redo on a line that they wait for its end, and of which step each is', async () => {
    const { type } = await open()
    await type('iptables -N A')
    await type('iptables -N B')
    const told = await type("chainwalk undo; iptables -S | grep -c -- '-N [AB]$'; chainwalk undo; chainwalk undo")
    const words = [
      'undone once this line has ended: iptables -N B',
      '2',
      'undone once this line has ended: iptables -N A',
      'chainwalk: nothing to undo',
      '-- undone: iptables -N B --',
      '-- undone: iptables -N A --',
    ]
    expect(words.map((line) => told.indexOf(line))).toEqual(words.map((line) => told.indexOf(line)).toSorted((x, y) => x - y))
    expect(words.filter((line) => !told.includes(line))).toEqual([])
    expect(await type("iptables -S | grep -c -- '-N [AB]$'")).toContain('0')
    expect(await type('chainwalk redo; chainwalk redo; chainwalk redo')).toMatch(
      /^done again once this line has ended: iptables -N A\r?\ndone again once this line has ended: iptables -N B\r?\nchainwalk: nothing to redo/,
    )
    expect(await type("iptables -S | grep -c -- '-N [AB]$'")).toContain('2')
    expect(await type('chainwalk undo; chainwalk redo')).toMatch(
      /undone once .*: iptables -N B\r?\ndone again once .*: iptables -N B/,
    )
  })

  it('comes back from its snapshot as it was, and refuses a damaged one', async () => {
    const { session, type } = await open()
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    await type('cd /tmp; a=(1 "2 3"); declare -A m; m[k]=v; f() { echo "${a[1]} ${m[k]}"; }; export E=1; kubectl create ns x')
    await type('ssh worker-1')
    const snapshot = JSON.parse(JSON.stringify(session.snapshot()))
    const again = restoreSession(SPEC, snapshot, hostPorts())
    expect(again.checksum()).toBe(session.checksum())
    expect(again.promptOf('s')).toEqual(session.promptOf('s'))
    await again.apply({ type: 'signal', shell: 's', signal: 'EOF' })
    let out = ''
    again.on((event) => {
      if (event.type === 'output') out += event.data
    })
    await again.apply({ type: 'line', shell: 's', text: 'f; env | grep ^E=; kubectl get ns x -o name' })
    expect(out).toBe('2 3 v\nE=1\nnamespace/x\n')
    snapshot.state.paused = true
    expect(() => restoreSession(SPEC, snapshot, hostPorts())).toThrow('checksum')
  })

  it('completes commands, files and variables', async () => {
    const { session, type } = await open()
    await type('mkdir -p /tmp/alpha/beta; touch /tmp/alpha/file; LONGNAME=1')
    const complete = (line: string) => session.complete('s', line, line.length)
    expect(complete('iptables-sa')).toEqual({ start: 0, candidates: ['iptables-save'], suffix: ' ' })
    expect(complete('ls /tmp/al')).toEqual({ start: 8, candidates: ['alpha/'], suffix: '' })
    expect(complete('ls /tmp/alpha/')).toMatchObject({ start: 14, candidates: ['beta/', 'file'] })
    expect(complete('echo $LONGN')).toMatchObject({ start: 6, candidates: ['LONGNAME'] })
    expect(complete('true | sle')).toMatchObject({ candidates: ['sleep'] })
  })

  it('takes a line of 1 MB and bytes that are no text', async () => {
    const { type } = await open()
    expect((await type(`echo ${'x'.repeat(900_000)} | wc -c`)).trim()).toBe('900001')
    expect(await type(`echo ${'x'.repeat(1_000_000)}`)).toBe(
      'chainwalk: bash: input of this size: valid, but not emulated here\n',
    )
    expect(await type("printf '\\000\\001' | wc -c")).toContain('2')
    expect(await type('\u0007\u0001\ufffd')).toContain('command not found')
  })

  it('never shows the host’s time or dice', async () => {
    const year = new Date().getFullYear()
    expect(year).toBe(new Date(Date.now()).getFullYear())
    const line =
      'date; echo $EPOCHSECONDS $RANDOM $SECONDS; printf "%(%F %T)T\\n" -1; touch /tmp/a; ls -l --full-time /tmp 2>/dev/null; ls -l /tmp; stat -c %Y /tmp/a; jq -n now; awk "BEGIN { print srand(); print systime() }" 2>/dev/null; find /tmp -newermt "2026-06-01" 2>/dev/null'
    const runs: string[] = []
    for (let i = 0; i < 2; i++) {
      const { type } = await open()
      runs.push(await type(line))
    }
    expect(runs[0]).toBe(runs[1])
    const host = Math.floor(Date.now() / 1e6).toString()
    expect(runs[0]).not.toContain(host)
    expect(runs[0]).toContain('Fri Jan  2 00:00:00 UTC 2026')
  })
})

describe('the seed’s cluster', () => {
  it('is listed from a recorded dump', async () => {
    const file = new URL('../../test/golden/kubectl/seed.objects.json.gz', import.meta.url)
    const { items } = JSON.parse(gunzipSync(readFileSync(file)).toString())
    const session = createSession({ cluster: { objects: items, now: '2026-01-01T00:00:00Z', running: false } }, hostPorts())
    expect(session.view().nodes).toEqual(['datnd-master-node', 'datnd-worker-node-1', 'datnd-worker-node-2'])
  })
})
