import { tagOf } from './image.ts'

/** What becomes of a container of some image. */
export type Outcome = 'runs' | 'never-ready' | 'no-such-image' | 'completes' | 'fails'

/** How fast a kubelet does what, and what it makes of images: data, so that a profile can choose. */
export interface Lifecycle {
  readonly name: 'real' | 'stub'
  /** From the binding to the first status (ContainerCreating), ms; undefined: there is none. */
  readonly accept: number | undefined
  /** From the binding to the sandbox with its network. */
  readonly sandbox: number
  /** Fetching an image that the node does not have: at least, and at most. */
  readonly pull: readonly [least: number, most: number]
  /** From an image at hand to a started container. */
  readonly start: number
  /** From a started container to the status that says so (PLEG relist). */
  readonly notice: number
  /** From SIGTERM to the end of a container that listens to it. */
  readonly stop: number
  /** Whether a container that ignores SIGTERM gets its whole grace period. */
  readonly waitsForGrace: boolean
  /** Whether pods are told of in Events on stopping. */
  readonly tellsKilling: boolean
  /** How often a missing image was tried by the time that the Event says so. */
  readonly backOffs: number
  outcome(image: string, ownerKind: string | undefined): Outcome
}

/** A kubelet on an idle machine with containerd: sandbox in most of a second, images over a LAN. */
export const REAL: Lifecycle = {
  name: 'real',
  accept: 30,
  sandbox: 600,
  pull: [1200, 3800],
  start: 150,
  notice: 350,
  stop: 450,
  waitsForGrace: true,
  tellsKilling: true,
  backOffs: 1,
  outcome: () => 'runs',
}

const STUB_TAGS: Readonly<Record<string, Outcome>> = { 'never-ready': 'never-ready', 'no-such-tag': 'no-such-image' }

/** The stub of the recordings (conformance/README.md): polls every 0.4 s, no stages, the tag decides. */
export const STUB: Lifecycle = {
  name: 'stub',
  accept: undefined,
  sandbox: 250,
  pull: [0, 0],
  start: 0,
  notice: 0,
  stop: 1750,
  waitsForGrace: false,
  tellsKilling: false,
  backOffs: 12,
  outcome: (image, ownerKind) => {
    if (ownerKind === 'Job') return tagOf(image) === 'fails' ? 'fails' : 'completes'
    return STUB_TAGS[tagOf(image)] ?? 'runs'
  },
}
