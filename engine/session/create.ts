import type { Json } from '../base/json.ts'
import type { HostPorts } from '../shell/host.ts'
import { EngineSession } from './session.ts'
import type { Session, SessionSpec } from './types.ts'

/** A session at the start of its lab, or of the cluster described. */
export function createSession(spec: SessionSpec, ports: HostPorts): Session {
  return new EngineSession(spec, ports)
}

/** A session as it was when `snapshot` was taken; `spec` is the one it began with. */
export function restoreSession(spec: SessionSpec, snapshot: Json, ports: HostPorts): Session {
  const session = new EngineSession(spec, ports)
  session.restore(snapshot)
  return session
}
