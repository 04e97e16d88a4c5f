import type { Link } from './link.ts'
import type { Netns } from './netns.ts'
import type { Frame } from './path/frame.ts'
import type { BpfNotes } from './walk-bpf.ts'

/** What a BPF program at a device may do with packets: Cilium's, by name. */
export interface DeviceProgram {
  readonly name: string
  /** A packet leaves the device. Returns whether the program took it. */
  egress?(ns: Netns, link: Link, frame: Frame, wire: Wire): boolean
  /** A packet arrives on the device, before the IP stack. Returns whether the program took it (false: the stack goes on). */
  ingress?(ns: Netns, link: Link, frame: Frame, wire: Wire): boolean
}

/** What such a program can do. */
export interface Wire {
  namespace(id: string): Netns | undefined
  /** The packet shows up on that device of that namespace and goes up its IP stack. */
  inject(ns: Netns, device: string, frame: Frame): void
  /** What the program did to the packet, for its walk. */
  readonly bpf: BpfNotes
}
