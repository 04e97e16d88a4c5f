import path from 'node:path'
import { readLabs } from '../../electron/content/read-labs.ts'
import { createSession, type LabFolder, type Session } from '../../engine/index.ts'
import { hostPorts } from './ports.ts'

export const LABS = path.resolve(import.meta.dirname, '../../labs')

export function labFolder(id: string): LabFolder {
  const lab = readLabs(LABS).find((l) => l.folder.id === id)
  if (lab === undefined) throw new Error(`no lab ${id}`)
  return lab.folder
}

/** A session with one shell, typed into line by line as a person would. */
export class Typist {
  readonly session: Session
  private readonly shell = 's1'
  private heard = ''

  private constructor(session: Session) {
    this.session = session
    session.on((event) => {
      if (event.type === 'output' && event.shell === this.shell) this.heard += event.data
      if (event.type === 'failed') throw new Error(event.message)
    })
  }

  static over(session: Session): Typist {
    return new Typist(session)
  }

  static async atNode(lab: LabFolder, node: string, locale = 'en'): Promise<Typist> {
    const typist = new Typist(await createSession({ lab, locale }, hostPorts()))
    await typist.session.apply({ type: 'open', shell: typist.shell, target: { kind: 'node', node }, columns: 200, rows: 50 })
    return typist
  }

  /** Types one line; returns what it printed, with line ends as programs write them. */
  async type(text: string): Promise<string> {
    this.heard = ''
    await this.session.apply({ type: 'line', shell: this.shell, text })
    return this.heard.replaceAll('\r\n', '\n')
  }
}
