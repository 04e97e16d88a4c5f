import type { Input, Session } from '../../engine/index.ts'
import { ApiDesk, replyOf } from '../emulator/api-desk.ts'
import type { ApiReply, CallMap } from '../emulator/protocol.ts'
import { Pump } from '../emulator/pump.ts'
import { EmulatedApi, type SessionCall } from './emulated-api.ts'

export interface LocalApi {
  readonly api: EmulatedApi
  stop(): void
}

/** The API of a session in this process, which nothing saves. `clock`: follows real time, or stands where whoever holds the session puts it. */
export function localApi(session: Session, clock: 'real' | 'fixed'): LocalApi {
  const pump = new Pump(session, () => performance.now())
  if (clock === 'real') pump.start()
  const api = new EmulatedApi({
    ask: (call, args) => pump.exclusive(() => asked(desk, call, args) as never),
    apply: (input) => pump.exclusive(() => apply(session, input)),
  })
  const desk = new ApiDesk(session, (said) => api.said(said))
  session.on((event) => {
    if (event.type === 'stream' || event.type === 'streamEnded' || event.type === 'rewound') desk.relay(event)
  })
  return { api, stop: () => pump.stop() }
}

function asked(desk: ApiDesk, call: SessionCall, args: Partial<CallMap['apiWatch']['args']>): unknown {
  const { watch = 0, user, request } = args
  if (user === undefined || request === undefined) {
    if (call === 'apiBookmark') desk.bookmark(watch)
    else desk.unwatch(watch)
    return null
  }
  return call === 'apiRead' ? desk.read(user, request) : desk.watch(watch, user, request)
}

async function apply(session: Session, input: Input): Promise<ApiReply | null> {
  if (input.type !== 'api' && input.type !== 'stream') {
    await session.apply(input)
    return null
  }
  const response = await session.applyApi(input)
  return response === undefined ? null : replyOf(response)
}
