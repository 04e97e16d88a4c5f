import process from 'node:process'
import { raiseWalls } from './walls.ts'

raiseWalls(globalThis as unknown as Record<string, unknown>, process)

// Only now the engine: it must never see what the walls took away.
const [{ EmulatorServer }, { nodePorts }, engine] = await Promise.all([
  import('./server.ts'),
  import('../shell-cli/host.ts'),
  import('../../engine/index.ts'),
])

const server = new EmulatorServer(engine, nodePorts(), {
  send: (message) => process.send?.(message),
  now: () => performance.now(),
})
process.on('message', (message) => void server.receive(message as import('./protocol.ts').ToEmulator))
process.on('disconnect', () => process.exit(0))
