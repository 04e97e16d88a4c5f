import type { ApiForward } from '../../apiserver/client.ts'
import type { TcpConnection } from '../../net/socket/api.ts'

/** How long the kubelet's answer takes to come back: what a client sent at once has been read by then. */
const ANSWER_MS = 2

/** What a relay needs of its surroundings. */
export interface RelayEvents {
  sleep(ms: number): Promise<void>
  /** The kubelet's words; the connection is over. */
  failed(text: string): void
}

/** Joins a connection of ours to one into the pod, both ways; returns how to end it. */
export function relay(connection: TcpConnection, forward: ApiForward, port: number, events: RelayEvents): () => void {
  let over = false
  let hasEnded = false
  const finish = () => {
    if (over) return
    over = true
    stop()
    far?.close()
    connection.read()
    connection.close()
  }
  const look = () => {
    if (over || far === undefined) return
    const data = connection.read()
    if (data !== '') far.write(data)
    if (over) return
    if (connection.state === 'closed') finish()
    else if (connection.eof && !hasEnded) {
      hasEnded = true
      far.end()
    }
  }
  const stop = connection.watch(look)
  let far: ReturnType<ApiForward['connect']> | undefined
  far = forward.connect(port, {
    onData: (bytes) => {
      connection.send(bytes)
    },
    onEnd: finish,
    onError: (text) => {
      void events.sleep(ANSWER_MS).then(() => {
        finish()
        events.failed(text)
      })
    },
  })
  if (over) far.close()
  else look()
  return finish
}
