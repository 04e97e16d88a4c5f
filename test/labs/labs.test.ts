import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLabs } from '../../electron/content/read-labs.ts'
import { createSession, type LabFolder, loadLab, restoreSession, type Session } from '../../engine/index.ts'
import { hostPorts } from '../support/ports.ts'

const LABS = path.resolve(import.meta.dirname, '../../labs')
const labs = readLabs(LABS)

/** Lines of a script that are typed at the prompt. */
const typed = (script: string) => script.split('\n').filter((l) => l.trim() !== '' && !l.startsWith('#'))

async function open(lab: LabFolder, locale: string): Promise<Session> {
  const session = createSession({ lab, locale }, hostPorts())
  const node = loadedNode(lab)
  await session.apply({ type: 'open', shell: 's1', target: { kind: 'node', node }, columns: 120, rows: 40 })
  return session
}

function loadedNode(lab: LabFolder): string {
  const loaded = loadLab(lab)
  if (!('ok' in loaded)) throw new Error(JSON.stringify(loaded))
  return loaded.ok.document.node
}

async function type(session: Session, lines: readonly string[]): Promise<void> {
  for (const text of lines) await session.apply({ type: 'line', shell: 's1', text })
}

const stillOpen = (session: Session) =>
  session
    .view()
    .tasks.filter((t) => t.state === 'open')
    .map((t) => `${t.id}: seen ${t.seen}`)

describe.each(labs.map((l) => [l.folder.id, l.folder] as const))('lab %s', (_, lab) => {
  const locales = Object.keys(lab.files).flatMap((f) => f.match(/^lesson\.(\w+)\.md$/)?.[1] ?? [])

  it('loads, in Vietnamese and English at least', () => {
    expect(loadLab(lab)).toHaveProperty('ok')
    expect(locales).toEqual(expect.arrayContaining(['en', 'vi']))
  })

  it('says the same commands, tasks and predictions in every language', () => {
    const blocks = (locale: string) =>
      [...(lab.files[`lesson.${locale}.md`] ?? '').matchAll(/```run\n([\s\S]*?)```|^:::\w+ .*$/gm)].map((m) => m[0])
    for (const locale of locales) expect(blocks(locale)).toEqual(blocks('en'))
  })

  describe.each(locales)('in %s', (locale) => {
    it('fails every task when nothing was done', async () => {
      const session = await open(lab, locale)
      const view = session.view()
      expect(view.tasks.length).toBeGreaterThanOrEqual(12)
      expect(view.tasks.filter((t) => t.state !== 'open').map((t) => t.id)).toEqual([])
      expect(view.points.earned).toBe(0)
    })

    it('passes every task by solution.sh, twice alike', async () => {
      const ends: string[] = []
      for (let run = 0; run < 2; run++) {
        const session = await open(lab, locale)
        await type(session, typed(lab.files['solution.sh'] ?? ''))
        expect(stillOpen(session)).toEqual([])
        expect(session.view().predictions.map((p) => [p.id, p.resolved?.value])).toEqual(
          session.view().predictions.map((p) => [p.id, p.given]),
        )
        ends.push(session.checksum())
      }
      expect(ends[0]).toBe(ends[1])
    })

    const wrong = Object.keys(lab.files).filter((f) => f.startsWith('wrong/'))
    it('has wrong turns to try', () => expect(wrong.length).toBeGreaterThan(0))
    it.each(wrong)('%s fails with the advice it names', async (file) => {
      const text = lab.files[file] ?? ''
      const [, task, advice] = text.match(/^# fails (\S+) with (\S+)/) ?? []
      const session = await open(lab, locale)
      await type(session, typed(text))
      const seen = session.view().tasks.find((t) => t.id === task)
      expect({ state: seen?.state, advice: seen?.adviceId }).toEqual({ state: 'open', advice })
      expect(seen?.advice).not.toBe('')
    })

    it('ends the same when it is killed and resumed midway', async () => {
      const lines = typed(lab.files['solution.sh'] ?? '')
      const whole = await open(lab, locale)
      await type(whole, lines)
      const half = Math.floor(lines.length / 2)
      const first = await open(lab, locale)
      await type(first, lines.slice(0, half))
      const saved = JSON.parse(JSON.stringify(first.snapshot()))
      const second = restoreSession({ lab, locale }, saved, hostPorts())
      await type(second, lines.slice(half))
      expect(stillOpen(second)).toEqual([])
      expect(second.checksum()).toBe(whole.checksum())
    })
  })
})

describe('a lab folder that is wrong', () => {
  const lab = labs[0]?.folder as LabFolder
  const edited = (file: string, edit: (text: string) => string): LabFolder => ({
    ...lab,
    files: { ...lab.files, [file]: edit(lab.files[file] ?? '') },
  })
  const errors = (folder: LabFolder) => {
    const loaded = loadLab(folder)
    return 'ok' in loaded ? [] : loaded.errors.map((e) => `${e.file}:${e.line}: ${e.message}`)
  }

  it('names the file and line of a task whose step does not exist', () => {
    const line = (lab.files['lab.yaml'] ?? '').split('\n').findIndex((l) => l.includes('step: pod-to-pod')) + 1
    expect(errors(edited('lab.yaml', (t) => t.replace('step: pod-to-pod', 'step: nowhere')))).toEqual([
      `lab.yaml:${line}: no step "nowhere"`,
    ])
  })

  it('names an unknown check', () => {
    expect(errors(edited('lab.yaml', (t) => t.replace('read: { answer: {} }', 'read: { oracle: {} }')))[0]).toMatch(
      /^lab\.yaml:\d+: no check "oracle"/,
    )
  })

  it('names broken YAML', () => {
    expect(errors(edited('lab.yaml', (t) => `${t}\n  - [`))[0]).toMatch(/^lab\.yaml:\d+: /)
  })

  it('names a section that a language lacks', () => {
    expect(errors(edited('lesson.vi.md', (t) => t.replace(/## .*\{#vip\}[\s\S]*$/, '')))).toEqual([
      'lesson.vi.md:1: no section for step "vip"',
    ])
  })
})
