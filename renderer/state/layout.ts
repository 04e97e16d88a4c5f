/** What the window itself remembers for a person, inside `Settings.layout`. */
export interface Layout {
  readonly lessonSize: number
  readonly lessonFolded: boolean
  readonly tasksSize: number
  readonly tasksFolded: boolean
  readonly walkSize: number
  readonly walkFolded: boolean
  readonly cursorBlink: boolean
  readonly screenReader: boolean
  /** Names given to terminals: "<attempt>/<shell>" to name. */
  readonly tabNames: Readonly<Record<string, string>>
  /** The lesson step last read: lab to step. */
  readonly steps: Readonly<Record<string, string>>
}

export const USUAL_LAYOUT: Layout = {
  lessonSize: 37,
  lessonFolded: false,
  tasksSize: 38,
  tasksFolded: false,
  walkSize: 44,
  walkFolded: false,
  cursorBlink: true,
  screenReader: false,
  tabNames: {},
  steps: {},
}

/** Reads what was kept, key by key: a value of another type (an older version's) counts as absent. */
export function readLayout(kept: Readonly<Record<string, unknown>>): Layout {
  const layout: Record<string, unknown> = { ...USUAL_LAYOUT }
  for (const [key, usual] of Object.entries(USUAL_LAYOUT)) {
    const value = kept[key]
    if (typeof value === typeof usual && value !== null) layout[key] = value
  }
  return layout as unknown as Layout
}
