import type { Editing, Mode } from './editing.ts'
import { nameOf } from './keys.ts'

/** nano's keys, the ones on its two help lines that matter: ^O ^X ^K ^U ^W, arrows. */
export class NanoKeys implements Mode {
  readonly inserting = true
  private readonly editing: Editing
  private cut: readonly string[] = []

  constructor(editing: Editing) {
    this.editing = editing
  }

  status(): string {
    return '^O Write Out   ^X Exit   ^W Where Is   ^K Cut   ^U Paste'
  }

  key(key: string): void {
    const { editing } = this
    const { buffer } = editing
    if (key === '\x0f') editing.save()
    else if (key === '\x18') this.leave()
    else if (key === '\x17') editing.ask('Search: ', (text) => editing.search(text))
    else if (key === '\x0b') {
      buffer.remember()
      this.cut = buffer.cut(buffer.row, 1)
    } else if (key === '\x15') {
      buffer.remember()
      buffer.replaceLines(buffer.row, 0, this.cut)
    } else if (!editing.move(nameOf(key))) {
      buffer.remember()
      editing.type(key)
    }
  }

  private leave(): void {
    const { editing } = this
    if (!editing.changed) {
      editing.exit = 0
      return
    }
    editing.ask('Save modified buffer? (y/n) ', (text) => {
      const yes = /^y/i.test(text)
      if ((yes && editing.save()) || /^n/i.test(text)) editing.exit = 0
    })
  }
}
