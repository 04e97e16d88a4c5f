import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import type { ApiView } from '../contract/index.ts'
import type { FromHost, ToHost } from '../contract/tty.ts'
import { dataFolder } from '../data-folder.ts'
import { type Instance, runningInstance } from '../host/instance.ts'
import { localeFrom } from '../host/settings.ts'
import { rootFolder, sourceRuntime } from '../runtime.ts'
import type { ApiOptions } from './options.ts'

export interface ServedLab {
  readonly view: ApiView
  /** Resolves, with why, when the API ends by itself. */
  readonly ended: Promise<string>
  close(): Promise<void>
}

/** Serves a lab's cluster: in the app that is running, else in a host of our own, whose attempt is saved like the app's. */
export async function serveLab(options: ApiOptions & { readonly lab: string }): Promise<ServedLab> {
  const data = dataFolder(process.env, process.platform)
  const running = await runningInstance(data)
  return running === undefined ? await ownHost(data, options) : await joined(running, options)
}

async function ownHost(data: string, options: ApiOptions & { readonly lab: string }): Promise<ServedLab> {
  const { Host } = await import('../host/host.ts')
  const root = rootFolder()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const host = await Host.start({
    runtime: sourceRuntime(root, { ...(process.env.CHAINWALK_LABS && { labs: process.env.CHAINWALK_LABS }) }),
    data,
    version,
    transport: 'browser',
    systemLocale: localeFrom(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG),
  })
  try {
    const view = await host.openApi(options)
    return { view, ended: new Promise(() => {}), close: () => host.close() }
  } catch (error) {
    await host.close()
    throw error
  }
}

/** Asks the running app; its API lives as long as this connection. */
async function joined(instance: Instance, options: ApiOptions & { readonly lab: string }): Promise<ServedLab> {
  const { lab, port, kubeconfig, force } = options
  const socket = connect(instance.socket)
  socket.setEncoding('utf8')
  let ended: (why: string) => void = () => {}
  const over = new Promise<string>((resolve) => {
    ended = resolve
  })
  const answer = new Promise<FromHost>((resolve, reject) => {
    let text = ''
    socket.on('data', (chunk: string) => {
      text += chunk
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
        const message = JSON.parse(text.slice(0, at)) as FromHost
        text = text.slice(at + 1)
        resolve(message)
        if ('notice' in message) ended(message.notice)
      }
    })
    socket.on('error', reject)
    socket.on('close', () => {
      reject(new Error('the connection to the app is gone'))
      ended('the app has closed the API')
    })
  })
  await once(socket, 'connect')
  const api = { lab, port, force, ...(kubeconfig !== undefined && { kubeconfig }) }
  const hello: ToHost = { hello: { token: instance.token, api, columns: 0, rows: 0 } }
  socket.write(`${JSON.stringify(hello)}\n`)
  const message = await answer
  if (!('api' in message)) {
    socket.destroy()
    throw new Error('refused' in message ? message.refused : 'the app does not know this request: it is another version')
  }
  return {
    view: message.api,
    ended: over,
    close: async () => {
      const closed = once(socket, 'close')
      socket.end()
      await closed
    },
  }
}
