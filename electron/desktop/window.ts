import { join } from 'node:path'
import { BrowserWindow, type Session, type WebContents } from 'electron'
import { ORIGIN } from './scheme.ts'

/** The one window: sandboxed, isolated, and without a way to anywhere else (Electron's security checklist). */
export function openWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: '#14171c',
    autoHideMenuBar: true,
    title: 'Chainwalk',
    webPreferences: {
      preload: join(preload),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(`${ORIGIN}/`)
  return window
}

/** Whatever web contents come to be: no new windows, no navigation, no webviews. */
export function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

/** No camera, no location, no notifications; copying to the clipboard is the one thing a terminal needs. */
export function denyPermissions(session: Session): void {
  const granted = new Set(['clipboard-sanitized-write', 'clipboard-read'])
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(granted.has(permission) && contents.getURL().startsWith(`${ORIGIN}/`)),
  )
  session.setPermissionCheckHandler((_, permission, origin) => granted.has(permission) && origin.startsWith(ORIGIN))
}
