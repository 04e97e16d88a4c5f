import { EmulatorServer } from '../../../electron/emulator/server.ts'
import { fakeEngine } from './fake-session.ts'

/** The emulator process of host tests: the real server around a fake engine. */
const ports = {
  yieldToHost: () => new Promise<void>((resolve) => setImmediate(resolve)),
  abortController: () => new AbortController(),
  within: <T>(_: unknown, work: () => T): T => work(),
}
const server = new EmulatorServer(fakeEngine, ports, {
  send: (message) => process.send?.(message),
  now: () => performance.now(),
})
process.on('message', (message) => void server.receive(message as never))
process.on('disconnect', () => process.exit(0))
