/** Text that is typed and not written yet, kept while this window lives, so that a reload loses nothing. */
const key = (attempt: string, terminal: string, edit: number) => `draft/${attempt}/${terminal}/${edit}`

/** Texts longer than this are not kept: the storage is small. */
const LONGEST = 1_000_000

export interface Drafts {
  read(): string | undefined
  write(text: string): void
  forget(): void
}

export function draftsOf(attempt: string, terminal: string, edit: number): Drafts {
  const name = key(attempt, terminal, edit)
  return {
    read: () => sessionStorage.getItem(name) ?? undefined,
    write: (text) => {
      if (text.length > LONGEST) return
      try {
        sessionStorage.setItem(name, text)
      } catch {
        // Full: the draft is a comfort, the text itself is in the editor.
      }
    },
    forget: () => sessionStorage.removeItem(name),
  }
}
