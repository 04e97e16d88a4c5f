import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { ElectronDouble } from './double.ts'

/** Runs the built main process against the double and prints what it did, as JSON. A process of its own: it changes module loading. */
const [root, second] = process.argv.slice(2) as [string, string | undefined]
const double = new ElectronDouble(root)
double.lock = second === undefined
double.install()
await import(pathToFileURL(`${root}/out/main/main.js`).href)
for (let n = 0; n < 200 && double.windows.length === 0 && double.did.every((d) => !/^(quit|error)/.test(d)); n++) await wait(50)

const ours = ElectronDouble.event('chainwalk://app/')
const invoke = (event: unknown, ...args: unknown[]) => double.handlers.get('chainwalk:invoke')?.(event as never, ...args)
const page = async (path: string) => {
  const response = await double.page?.({ url: `chainwalk://app${path}` })
  return {
    status: response?.status,
    type: response?.headers.get('content-type'),
    csp: response?.headers.get('content-security-policy'),
  }
}
const ask = (permission: string) =>
  new Promise((resolve) =>
    double.permissions.request?.({ getURL: () => 'chainwalk://app/' } as never, permission as never, resolve, {} as never),
  )

const facts =
  double.windows.length === 0
    ? { did: double.did }
    : {
        did: [...double.did],
        window: { preferences: double.windows[0]?.options.webPreferences, url: double.windows[0]?.url },
        info: await invoke(ours, 'app.info', {}),
        badArguments: await invoke(ours, 'labs.list', { locale: 'xx' }),
        foreign: await invoke(ElectronDouble.event('https://example.org/'), 'app.info', {}),
        framed: await invoke(ElectronDouble.event('chainwalk://app/', {}), 'app.info', {}),
        index: await page('/'),
        outside: await page('/..%2f..%2fpackage.json'),
        absent: await page('/none.js'),
        contents: (({ prevented, open }) => ({ prevented, open: open() }))(double.contents()),
        media: await ask('media'),
        copy: await ask('clipboard-sanitized-write'),
      }
process.stdout.write(JSON.stringify(facts))
if (double.windows.length > 0) {
  double.app.emit('before-quit', { preventDefault: () => {} })
  for (let n = 0; n < 200 && !double.did.includes('quit'); n++) await wait(25)
}
process.exit(double.did.includes('quit') || double.did.some((d) => d.startsWith('exit')) ? 0 : 1)
