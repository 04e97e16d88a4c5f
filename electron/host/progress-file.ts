import { z } from 'zod'
import type { Input } from '../../engine/index.ts'
import { hashLab } from '../content/read-labs.ts'
import { ME, type Store } from '../store/store.ts'
import { Failure } from './failure.ts'

const VERSION = 1

const texts = z.record(z.string(), z.string())
const progressFile = z.strictObject({
  chainwalk: z.literal('progress'),
  version: z.number().int(),
  labs: z.array(z.strictObject({ hash: z.string(), folder: z.strictObject({ id: z.string(), files: texts, scenario: texts }) })),
  attempts: z.array(
    z.strictObject({
      id: z.uuid(),
      labId: z.string(),
      labHash: z.string(),
      locale: z.enum(['vi', 'en']),
      startedAt: z.number().int(),
      step: z.string().nullable(),
      lastCommand: z.string().nullable(),
      points: z.strictObject({ earned: z.number(), total: z.number(), passed: z.number().int(), tasks: z.number().int() }),
      journal: z.array(
        z.strictObject({
          seq: z.number().int(),
          at: z.number(),
          input: z.looseObject({ type: z.string() }),
          skipped: z.boolean(),
        }),
      ),
    }),
  ),
})

/** All attempts with their whole journals, as one file: replaying a journal gives the state, so no snapshot travels. */
export function exportProgress(store: Store, now: number): { name: string; text: string } {
  const attempts = store.attempts.all(ME)
  const labs = [...new Set(attempts.map((a) => a.labHash))].flatMap((hash) => {
    const folder = store.labs.get(hash)
    return folder === undefined ? [] : [{ hash, folder }]
  })
  const file = {
    chainwalk: 'progress',
    version: VERSION,
    labs,
    attempts: attempts.map(({ id, labId, labHash, locale, startedAt, step, lastCommand, earned, total, passed, tasks }) => ({
      id,
      labId,
      labHash,
      locale,
      startedAt,
      step,
      lastCommand,
      points: { earned, total, passed, tasks },
      journal: store.journal.after(id, 0),
    })),
  }
  return { name: `chainwalk-progress-${new Date(now).toISOString().slice(0, 10)}.json`, text: JSON.stringify(file) }
}

/** Adds the attempts of a file; those already here stay as they are. All of it or nothing. */
export function importProgress(store: Store, text: string): { attempts: number } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Failure('bad-import', (error as Error).message)
  }
  const version = (json as { version?: unknown } | null)?.version
  if (typeof version === 'number' && version > VERSION)
    throw new Failure('bad-import', `version ${version}; this Chainwalk knows ${VERSION}`)
  const parsed = progressFile.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Failure('bad-import', `${issue?.path.join('.')}: ${issue?.message}`)
  }
  return store.transaction(() => {
    const hashes = new Map<string, string>()
    for (const { hash, folder } of parsed.data.labs) {
      // Not the file's own word for it: a hash is what attempts are held by.
      const own = hashLab(folder)
      hashes.set(hash, own)
      store.labs.put(own, folder, Date.now())
    }
    let added = 0
    for (const attempt of parsed.data.attempts) {
      const labHash = hashes.get(attempt.labHash)
      if (labHash === undefined) throw new Failure('bad-import', `attempt ${attempt.id}: its lab is not in the file`)
      if (store.attempts.get(attempt.id) !== undefined) continue
      store.attempts.create({
        id: attempt.id,
        learner: ME,
        labId: attempt.labId,
        labHash,
        locale: attempt.locale,
        now: attempt.startedAt,
      })
      store.attempts.imported(attempt.id, attempt.points, attempt.step, attempt.lastCommand)
      for (const entry of attempt.journal) {
        store.journal.append(attempt.id, entry.seq, entry.at, entry.input as unknown as Input, attempt.startedAt)
        if (entry.skipped) store.journal.skip(attempt.id, entry.seq)
      }
      added++
    }
    return { attempts: added }
  })
}
