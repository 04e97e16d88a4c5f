import type { LabSummary } from '../../electron/contract/index.ts'

export type ValidLab = Extract<LabSummary, { valid: true }>
export type BrokenLab = Extract<LabSummary, { valid: false }>

/** Letters without their accents, so that "dinh tuyen" finds "định tuyến". */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('đ', 'd').normalize('NFD').replaceAll(/\p{M}/gu, '')
}

/** Labs in which every word of the query occurs, in title, summary, track or exams. */
export function findLabs(labs: readonly ValidLab[], query: string): readonly ValidLab[] {
  const words = fold(query).split(/\s+/).filter(Boolean)
  return labs.filter((lab) => {
    const text = fold([lab.title, lab.summary, lab.track, ...lab.exams].join(' '))
    return words.every((word) => text.includes(word))
  })
}

/** Tracks in the order their first lab comes. */
export function byTrack(labs: readonly ValidLab[]): readonly { readonly track: string; readonly labs: readonly ValidLab[] }[] {
  const tracks = new Map<string, ValidLab[]>()
  for (const lab of labs) tracks.set(lab.track, [...(tracks.get(lab.track) ?? []), lab])
  return [...tracks].map(([track, of]) => ({ track, labs: of }))
}

/** The lab to go on with: the one opened last that is not done. */
export function lastStarted(labs: readonly ValidLab[]): ValidLab | undefined {
  return labs
    .filter((lab) => lab.progress.state === 'started')
    .sort((a, b) => (b.progress.lastOpened ?? 0) - (a.progress.lastOpened ?? 0))[0]
}

export function percentOf({ progress }: ValidLab): number {
  return progress.total > 0 ? Math.round((100 * progress.earned) / progress.total) : 0
}
