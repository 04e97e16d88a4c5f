import type { ConnectionSummary, ConnectionWalk, RuleHit } from '../../electron/contract/index.ts'
import { type Bridge, wordsOf } from '../bridge/bridge.ts'
import type { AttemptState } from '../state/attempt.svelte.ts'
import { settings } from '../state/settings.svelte.ts'
import type { HitQuestion } from '../terminal/rule-lines.ts'
import { changes } from './changes.ts'
import {
  back,
  type Cursor,
  clamp,
  firstStep,
  forward,
  lastStep,
  nextPacket,
  packetAt,
  previousPacket,
  START,
  seek,
  stepAt,
} from './cursor.ts'
import { follow, same } from './follow.ts'
import { worthShowing } from './hits.ts'

export type Move = 'forward' | 'back' | 'first' | 'last' | 'nextPacket' | 'previousPacket' | 'nextChange' | 'previousChange'

const MOVES: Record<Move, (packets: ConnectionWalk['packets'], at: Cursor) => Cursor> = {
  forward,
  back,
  first: (_, at) => firstStep(at),
  last: lastStep,
  nextPacket,
  previousPacket,
  nextChange: (packets, at) => seek(packets, at, forward, changes),
  previousChange: (packets, at) => seek(packets, at, back, changes),
}

/** What the drawer shows: the connections there are, the one chosen, and where one stands in its walk. */
export class WalkState {
  list = $state.raw<readonly ConnectionSummary[]>([])
  chosen = $state.raw<ConnectionSummary | undefined>()
  walk = $state.raw<ConnectionWalk | undefined>()
  cursor = $state.raw<Cursor>(START)
  /** The last move came from outside the drawer: whoever does not see it must be told. */
  afar = $state(false)
  /** Why the chosen connection's walk could not be read; without a reason and a walk the engine keeps its packets no longer. */
  failed = $state<string | undefined>()
  reading = $state(false)

  #attempt: AttemptState
  #bridge: Bridge
  #asking = 0
  /** Somebody is at this walk: a connection that a running command makes must not take it away. */
  #held = false
  /** A connection was made that has not been shown. */
  #unseen = false

  constructor(attempt: AttemptState, bridge: Bridge) {
    this.#attempt = attempt
    this.#bridge = bridge
  }

  packets = $derived(this.walk?.packets ?? [])
  packet = $derived(packetAt(this.packets, this.cursor))
  step = $derived(stepAt(this.packets, this.cursor))

  /** What a new look at the list depends on: a connection made, a command ended, something undone, another host. */
  get signature(): string {
    const { view, generation, id } = this.#attempt
    const { canUndo, undoLabel, redoLabel } = view?.undo ?? {}
    const shells = view?.shells.map((shell) => shell.id + shell.state).join()
    return JSON.stringify([id, generation, view?.newestConnection, canUndo, undoLabel, redoLabel, shells])
  }

  /** Asks for the list anew. A connection that was not there before is shown at once; one that is no more gives way to the newest. */
  async refresh(): Promise<void> {
    const attempt = this.#attempt.id
    if (!attempt) return
    const asking = ++this.#asking
    const list = await this.#bridge.invoke('walk.list', { attempt }).catch(() => undefined)
    if (!list || asking !== this.#asking) return
    const running = this.#attempt.view?.shells.some((shell) => shell.state === 'running') ?? false
    const { chosen } = this
    const { show: next, unseen } = follow({
      before: this.list,
      now: list,
      chosen,
      unseen: this.#unseen,
      waits: this.#held && running,
    })
    this.list = list
    this.#unseen = unseen
    if (!next) {
      this.chosen = undefined
      this.walk = undefined
      this.failed = undefined
    } else if (!same(next, chosen) || next.packets !== chosen?.packets || next.result !== chosen.result || this.failed)
      await this.choose(next)
  }

  /** Shows a connection, at a place of its walk if one is given; one that is shown already keeps its place. */
  async choose(connection: ConnectionSummary, at?: Cursor): Promise<void> {
    const attempt = this.#attempt.id
    if (!attempt) return
    const fresh = !same(connection, this.chosen)
    if (fresh) this.#held = false
    this.chosen = connection
    this.reading = true
    let walk: ConnectionWalk | null = null
    let failed: string | undefined
    try {
      walk = await this.#bridge.invoke('walk.get', { attempt, connection: connection.id })
    } catch (error) {
      failed = wordsOf(error)
    }
    if (!same(this.chosen, connection)) return
    this.reading = false
    this.failed = failed
    this.walk = walk ?? undefined
    this.cursor = clamp(this.packets, at ?? (fresh ? START : this.cursor))
  }

  go(at: Cursor): void {
    this.#held = true
    this.afar = false
    this.cursor = clamp(this.packets, at)
  }

  move(by: Move, afar = false): void {
    this.go(MOVES[by](this.packets, this.cursor))
    this.afar = afar
  }

  async hits({ query, family }: HitQuestion): Promise<readonly RuleHit[]> {
    const attempt = this.#attempt.id
    if (!attempt) return []
    // A plain `iptables` lists what its own backend has: "1.8.7/nft".
    const usual = this.#attempt.view?.versions.iptables.split('/')[1]
    const backend = query.backend ?? (usual === 'nft' || usual === 'legacy' ? usual : undefined)
    const hits = await this.#bridge.invoke('walk.hits', { attempt, query: { ...query, ...(backend ? { backend } : {}) } })
    return worthShowing(hits.filter((hit) => hit.connection.to.address.includes(':') === (family === 6)))
  }

  /** Puts the drawer where a packet hit a rule. */
  async show(hit: RuleHit): Promise<void> {
    settings.remember({ walkFolded: false })
    const packet = hit.packet - 1
    await this.choose(hit.connection, { packet, step: hit.step })
    // Packets are known by their number, which is not their place where a walk was cut.
    const place = this.packets.findIndex((p) => p.id === hit.packet)
    if (place >= 0 && place !== packet) this.go({ packet: place, step: hit.step })
  }
}
