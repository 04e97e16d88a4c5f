import type {
  Channel,
  HostEvent,
  InvokeMap,
  SessionView,
  Settings,
  TerminalView,
  WindowInput,
} from '../../../electron/contract/index.ts'
import { type Bridge, BridgeError } from '../bridge.ts'
import { FAKE_LABS, FAKE_OUTPUT, FAKE_VIEW } from './lab.data.ts'
import { FAKE_WALK } from './walk.data.ts'

/** A host that is not there: enough of one to build and look at the window (`?fake` under the dev server). Never part of a build. */
export function fakeBridge(): Bridge {
  const listeners = new Set<(event: HostEvent) => void>()
  const emit = (event: HostEvent) =>
    setTimeout(() => {
      for (const listener of listeners) listener(event)
    })
  const query = new URLSearchParams(location.search)
  let settings: Settings = {
    locale: query.get('locale') === 'vi' ? 'vi' : 'en',
    theme: (query.get('theme') as Settings['theme'] | null) ?? 'dark',
    terminalFontSize: 13,
    layout: JSON.parse(sessionStorage.getItem('fake-layout') ?? '{}'),
  }
  let view: SessionView = FAKE_VIEW
  let terminals: TerminalView[] = [{ id: 't1', state: 'live' }]
  const lines = new Map<string, string>()
  const prompt = (id: string) => `\x1b[32m${view.shells.find((s) => s.id === id)?.prompt.trimEnd()}\x1b[0m `
  const say = (terminal: string, data: string) =>
    emit({ event: 'terminal.data', attempt: 'a1', terminal, data: data.replaceAll('\n', '\r\n') })

  function change(next: Partial<SessionView>) {
    view = { ...view, ...next }
    emit({ event: 'attempt.view', attempt: 'a1', view })
  }

  function input(given: WindowInput) {
    if (given.type === 'predict') {
      const resolved = {
        value: 'yes',
        observed: 'src=10.0.0.88 at the back end',
        why: 'The rule masks every source outside `192.168.10.0/24`.',
      }
      change({
        predictions: view.predictions.map((p) => (p.id === given.prediction ? { ...p, given: given.value, resolved } : p)),
      })
    } else if (given.type === 'hint') {
      change({
        tasks: view.tasks.map((t) =>
          t.id === given.task
            ? { ...t, hints: t.hints.map((h, i) => (i === given.hint ? { ...h, text: 'Use `kubectl scale`.' } : h)) }
            : t,
        ),
      })
    } else if (given.type === 'answer') {
      change({
        tasks: view.tasks.map((t) =>
          t.id === given.task && t.question ? { ...t, seen: given.value, question: { ...t.question, given: given.value } } : t,
        ),
      })
    } else if (given.type === 'clock') {
      change({
        clock: {
          now: view.clock.now + (given.ms ?? 0),
          running: given.action === 'pause' ? false : given.action === 'resume' ? true : view.clock.running,
        },
      })
    } else if (given.type === 'undo') change({ undo: { canUndo: false, canRedo: true, redoLabel: view.undo.undoLabel } })
    else if (given.type === 'redo') change({ undo: { canUndo: true, canRedo: false, undoLabel: view.undo.redoLabel } })
    else if (given.type === 'seen') change({ steps: view.steps.map((s) => (s.id === given.step ? { ...s, done: true } : s)) })
    return view
  }

  function type(terminal: string, data: string) {
    for (const char of data.replaceAll(/\x1b\[20[01]~/g, '')) {
      const line = lines.get(terminal) ?? ''
      if (char === '\r') {
        say(
          terminal,
          `\n${FAKE_OUTPUT[line] ?? (line ? `bash: ${line.split(' ')[0]}: command not found\n` : '')}${prompt(terminal)}`,
        )
        lines.set(terminal, '')
      } else if (char === '\x7f') {
        if (line) say(terminal, '\b \b')
        lines.set(terminal, line.slice(0, -1))
      } else if (char >= ' ') {
        lines.set(terminal, line + char)
        say(terminal, char)
      }
    }
  }

  const FAKE_API = {
    url: 'https://127.0.0.1:40123',
    kubeconfig: '/home/you/.local/share/chainwalk/kubeconfig',
    context: 'datnd',
    command: 'export KUBECONFIG=/home/you/.local/share/chainwalk/kubeconfig',
  }

  const handlers: { [C in Channel]: (args: InvokeMap[C]['args']) => InvokeMap[C]['result'] } = {
    'app.info': () => ({
      version: '0.1.0',
      transport: 'browser',
      platform: 'linux',
      dataFolder: '~/.local/share/chainwalk',
      notices: query.has('notice') ? [{ id: 'n', code: 'store-corrupt', detail: '/tmp/chainwalk.db.corrupt-1' }] : [],
    }),
    'app.dismissNotice': () => null,
    'settings.get': () => settings,
    'settings.set': (args) => {
      settings = { ...settings, ...args }
      sessionStorage.setItem('fake-layout', JSON.stringify(settings.layout))
      return settings
    },
    'labs.list': () => (query.has('empty') ? [] : FAKE_LABS),
    'attempt.open': ({ lab }) => {
      if (lab !== 'from-endpoints-to-dnat')
        throw new BridgeError('bad-lab', 'labs/x/lab.yaml:12: tasks[2].points: expected number')
      return { attempt: 'a1', lab, mode: 'learn', view, terminals, resumed: true, savedAt: Date.now(), notices: [] }
    },
    'attempt.close': () => null,
    'attempt.view': () => ({ attempt: 'a1', lab: 'x', mode: 'learn', view, terminals, resumed: true, notices: [] }),
    'attempt.input': ({ input: given }) => input(given),
    'attempt.locale': () => view,
    'edit.text': () => null,
    'edit.check': () => [],
    'api.start': () => FAKE_API,
    'api.stop': () => null,
    'api.status': () => null,
    'walk.list': () => (query.has('walkless') ? [] : [FAKE_WALK.connection]),
    'walk.get': ({ connection }) => (connection === FAKE_WALK.connection.id ? FAKE_WALK : null),
    'walk.hits': ({ query: { chain } }) =>
      FAKE_WALK.packets.flatMap(({ id, steps }) =>
        steps.flatMap((at, step) =>
          at.chain === chain ? [{ connection: FAKE_WALK.connection, packet: id, step, rule: at.rule ?? 0 }] : [],
        ),
      ),
    'terminal.open': ({ target }) => {
      const id = `t${Date.now()}`
      const title = target.kind === 'node' ? target.node : `pod ${target.pod}`
      terminals = [...terminals, { id, state: 'live' }]
      change({ shells: [...view.shells, { id, title, target, state: 'idle', prompt: `root@${title}:~# ` }] })
      return { id, state: 'live' }
    },
    'terminal.attach': ({ terminal }) => ({ text: prompt(terminal), terminal: { id: terminal, state: 'live' } }),
    'terminal.reconnect': ({ terminal }) => ({ id: terminal, state: 'live' }),
    'terminal.close': ({ terminal }) => {
      terminals = terminals.filter((t) => t.id !== terminal)
      return null
    },
    'progress.export': () => ({ name: 'progress.json', text: '{}' }),
    'progress.import': () => ({ attempts: 0 }),
  }

  return {
    async invoke(channel, args) {
      await new Promise((done) => setTimeout(done, query.has('slow') ? 2_000 : 5))
      return handlers[channel](args)
    },
    send(channel, args) {
      if (channel === 'terminal.data') {
        const { terminal, data } = args as { terminal: string; data: string }
        type(terminal, data)
      }
    },
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onConnection(listener) {
      listener(query.has('offline') ? 'lost' : 'connected')
      return () => {}
    },
    reconnect() {},
  }
}
