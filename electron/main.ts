import { join } from 'node:path'
import process from 'node:process'
import { app, BrowserWindow, dialog, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, protocol, session } from 'electron'
import { dataFolder } from './data-folder.ts'
import { IPC } from './desktop/channels.ts'
import { answerPage, ORIGIN, SCHEME } from './desktop/scheme.ts'
import { confine, denyPermissions, openWindow } from './desktop/window.ts'
import { Host } from './host/host.ts'
import { localeFrom } from './host/settings.ts'
import { packagedRuntime, sourceRuntime } from './runtime.ts'

/** Only our own page's top frame is answered. */
function isOurs(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && frame.url.startsWith(`${ORIGIN}/`)
}

function connect(host: Host): void {
  ipcMain.handle(IPC.invoke, (event, channel: unknown, args: unknown) => {
    if (!isOurs(event)) return { ok: false, error: { code: 'bad-request', message: 'not our page' } }
    return host.invoke(String(channel), args)
  })
  ipcMain.on(IPC.send, (event, channel: unknown, args: unknown) => {
    if (isOurs(event)) host.send(String(channel), args)
  })
  host.on((event) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.send(IPC.event, event)
  })
}

async function start(): Promise<void> {
  await app.whenReady()
  const runtime = app.isPackaged ? packagedRuntime(process.resourcesPath) : sourceRuntime(app.getAppPath())
  protocol.handle(SCHEME, (request) => answerPage(runtime.renderer, request.url))
  denyPermissions(session.defaultSession)
  const host = await Host.start({
    runtime,
    data: dataFolder(process.env, process.platform),
    version: app.getVersion(),
    transport: 'electron',
    systemLocale: localeFrom(app.getLocale()),
  })
  connect(host)
  const preload = join(app.getAppPath(), 'out', 'preload', 'preload.cjs')
  openWindow(preload)
  app.on('second-instance', () => {
    const window = BrowserWindow.getAllWindows()[0] ?? openWindow(preload)
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(preload)
  })
  let closed = false
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    void host.close().finally(() => {
      closed = true
      app.quit()
    })
  })
}

protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }])
app.enableSandbox()
app.on('web-contents-created', (_, contents) => confine(contents))
app.on('window-all-closed', () => app.quit())

if (app.requestSingleInstanceLock()) {
  start().catch((error: Error) => {
    dialog.showErrorBox('Chainwalk', error.message)
    app.exit(1)
  })
} else app.quit()
