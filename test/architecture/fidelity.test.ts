import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../engine/cli/registry.ts'
import { fidelityDocument } from '../tools/fidelity.ts'
import { ROOT } from './source.ts'

describe('FIDELITY.md', () => {
  const file = path.join(ROOT, 'FIDELITY.md')

  it('says what the tables say (UPDATE_FIDELITY=1 rewrites it)', () => {
    const text = fidelityDocument(COMMANDS)
    if (process.env.UPDATE_FIDELITY === '1') writeFileSync(file, text)
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(text)
  })

  it('gives a reason for every flag that is accepted without effect', () => {
    const silent = COMMANDS.flatMap((c) =>
      [...c.flags, ...(c.parts ?? []).flatMap((p) => p.flags)]
        .filter((f) => f.status === 'accepted' && !f.reason)
        .map((f) => `${c.name} ${f.long ?? f.short}`),
    )
    expect(silent).toEqual([])
  })
})
