import type { ConnectionWalk, WalkPacket, WalkStep } from '../../electron/contract/index.ts'

/** Where one stands in a connection's walk: a packet and a step of it, both from 0. */
export interface Cursor {
  readonly packet: number
  readonly step: number
}

type Packets = ConnectionWalk['packets']

export const START: Cursor = { packet: 0, step: 0 }

const stepsOf = (packets: Packets, packet: number): number => packets[packet]?.steps.length ?? 0

/** The nearest place there is: a walk may have grown or be another. */
export function clamp(packets: Packets, at: Cursor): Cursor {
  const packet = Math.max(0, Math.min(at.packet, packets.length - 1))
  return { packet, step: Math.max(0, Math.min(at.step, stepsOf(packets, packet) - 1)) }
}

export function packetAt(packets: Packets, at: Cursor): WalkPacket | undefined {
  return packets[at.packet]
}

export function stepAt(packets: Packets, at: Cursor): WalkStep | undefined {
  return packets[at.packet]?.steps[at.step]
}

/** One step on: past a packet's last step into the next packet that has any. The same place at the very end. */
export function forward(packets: Packets, at: Cursor): Cursor {
  if (at.step + 1 < stepsOf(packets, at.packet)) return { ...at, step: at.step + 1 }
  return nextPacket(packets, at)
}

/** One step back: before a packet's first step to the last of the packet before. */
export function back(packets: Packets, at: Cursor): Cursor {
  if (at.step > 0) return { ...at, step: at.step - 1 }
  const { packet } = previousPacket(packets, at)
  return packet === at.packet ? at : { packet, step: stepsOf(packets, packet) - 1 }
}

export function firstStep(at: Cursor): Cursor {
  return { ...at, step: 0 }
}

export function lastStep(packets: Packets, at: Cursor): Cursor {
  return { ...at, step: Math.max(0, stepsOf(packets, at.packet) - 1) }
}

export function nextPacket(packets: Packets, at: Cursor): Cursor {
  for (let packet = at.packet + 1; packet < packets.length; packet++) if (stepsOf(packets, packet) > 0) return { packet, step: 0 }
  return at
}

export function previousPacket(packets: Packets, at: Cursor): Cursor {
  for (let packet = at.packet - 1; packet >= 0; packet--) if (stepsOf(packets, packet) > 0) return { packet, step: 0 }
  return at
}

/** On, or back, to the nearest step that `wanted` holds for; the end of the way where there is none. */
export function seek(packets: Packets, at: Cursor, by: typeof forward, wanted: (step: WalkStep) => boolean): Cursor {
  for (let here = at; ; ) {
    const next = by(packets, here)
    const step = stepAt(packets, next)
    if (next === here || !step || wanted(step)) return next
    here = next
  }
}

export function isEnd(packets: Packets, at: Cursor): boolean {
  return forward(packets, at) === at
}

export function isStart(packets: Packets, at: Cursor): boolean {
  return back(packets, at) === at
}
