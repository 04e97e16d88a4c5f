import { EventEmitter } from 'node:events'
import { registerHooks } from 'node:module'
import type { BrowserWindowConstructorOptions, IpcMainEvent, Session, WebContents } from 'electron'

type Handler = (event: IpcMainEvent, ...args: unknown[]) => unknown

/** What the built main process did to Electron, and the ways to speak to it. */
export class ElectronDouble {
  readonly app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    whenReady: () => Promise.resolve(),
    enableSandbox: () => this.did.push('enableSandbox'),
    requestSingleInstanceLock: () => this.lock,
    getAppPath: () => this.root,
    getVersion: () => '0.1.0',
    getLocale: () => 'vi-VN',
    quit: () => this.did.push('quit'),
    exit: (code: number) => this.did.push(`exit ${code}`),
  })
  readonly did: string[] = []
  readonly handlers = new Map<string, Handler>()
  readonly listeners = new Map<string, Handler>()
  readonly windows: { options: BrowserWindowConstructorOptions; url: string; webContents: unknown }[] = []
  readonly sent: unknown[][] = []
  readonly exposed: Record<string, unknown> = {}
  readonly permissions: { request?: Parameters<Session['setPermissionRequestHandler']>[0] } = {}
  page: ((request: { url: string }) => Promise<Response>) | undefined
  lock = true
  private readonly root: string

  constructor(root: string) {
    this.root = root
  }

  /** Stands in for the module `electron`, imported or required. */
  install(): void {
    const double = this
    class BrowserWindow extends EventEmitter {
      readonly webContents = { send: (...message: unknown[]) => double.sent.push(message) }
      static getAllWindows = () => double.windows
      constructor(options: BrowserWindowConstructorOptions) {
        super()
        double.windows.push(Object.assign(this, { options, url: '' }))
      }
      loadURL(url: string): Promise<void> {
        Object.assign(this, { url })
        return Promise.resolve()
      }
      show(): void {}
      focus(): void {
        double.did.push('focus')
      }
      isMinimized = () => false
    }
    const module_ = {
      app: this.app,
      BrowserWindow,
      dialog: { showErrorBox: (_: string, text: string) => this.did.push(`error ${text}`) },
      ipcMain: {
        handle: (channel: string, handler: Handler) => this.handlers.set(channel, handler),
        on: (channel: string, handler: Handler) => this.listeners.set(channel, handler),
      },
      protocol: {
        registerSchemesAsPrivileged: (schemes: { scheme: string }[]) => this.did.push(`scheme ${schemes[0]?.scheme}`),
        handle: (_: string, page: (request: { url: string }) => Promise<Response>) => {
          this.page = page
        },
      },
      session: {
        defaultSession: {
          setPermissionRequestHandler: (handler: NonNullable<typeof this.permissions.request>) => {
            this.permissions.request = handler
          },
          setPermissionCheckHandler: () => {},
        },
      },
      contextBridge: { exposeInMainWorld: (name: string, value: unknown) => Object.assign(this.exposed, { [name]: value }) },
      ipcRenderer: {
        invoke: (...message: unknown[]) => Promise.resolve(message),
        send: (...message: unknown[]) => this.sent.push(message),
        on: (channel: string, handler: Handler) => this.listeners.set(channel, handler),
        off: (channel: string) => this.listeners.delete(channel),
      },
    }
    Object.assign(globalThis, { electronDouble: module_ })
    const names = Object.keys(module_)
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === 'electron' ? { url: 'double:electron', shortCircuit: true } : next(specifier, context),
      load: (url, context, next) => {
        if (url !== 'double:electron') return next(url, context)
        const cjs = context.conditions.includes('require') && !context.conditions.includes('import')
        const source = cjs
          ? 'module.exports = globalThis.electronDouble'
          : names.map((name) => `export const ${name} = globalThis.electronDouble.${name}`).join('\n')
        return { format: cjs ? 'commonjs' : 'module', source, shortCircuit: true }
      },
    })
  }

  /** An event of our own page's top frame, or of another. */
  static event(url: string, parent: object | null = null): IpcMainEvent {
    return { senderFrame: { url, parent } } as unknown as IpcMainEvent
  }

  /** New web contents, as Electron announces them; gives what it was denied. */
  contents(): { prevented: string[]; open: () => unknown } {
    const prevented: string[] = []
    let opener: (() => unknown) | undefined
    const contents = Object.assign(new EventEmitter(), {
      setWindowOpenHandler: (handler: () => unknown) => {
        opener = handler
      },
    })
    this.app.emit('web-contents-created', {}, contents as unknown as WebContents)
    for (const name of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
      contents.emit(name, { preventDefault: () => prevented.push(name) })
    }
    return { prevented, open: () => opener?.() }
  }
}
