import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backup, openDatabase } from './database.ts'
import { MIGRATIONS } from './migrations/index.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwalk-store-'))
  file = join(folder, 'chainwalk.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the database', () => {
  it('is made with every migration, in WAL mode, with foreign keys and STRICT tables', () => {
    const { connection, movedAside } = openDatabase(file)
    expect(movedAside).toBeUndefined()
    expect(connection.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
    expect(connection.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1)
    const loose = connection.pragma('table_list') as { name: string; type: string; strict: number }[]
    expect(loose.filter((t) => t.type === 'table' && !t.name.startsWith('sqlite_') && t.strict !== 1)).toEqual([])
    connection.close()
  })

  it('opens again with what it held', () => {
    const first = openDatabase(file).connection
    first.prepare("INSERT INTO setting VALUES (1, 'theme', '\"dark\"')").run()
    first.close()
    const second = openDatabase(file).connection
    expect(second.prepare('SELECT value FROM setting').pluck().get()).toBe('"dark"')
    second.close()
  })

  it('is moved aside whole when it is damaged, and a new one begun', () => {
    writeFileSync(file, 'this was a database once'.repeat(1000))
    const { connection, movedAside } = openDatabase(file, { now: () => 0 })
    expect(movedAside).toBe(`${file}.damaged-1970-01-01T00-00-00-000Z`)
    expect(readFileSync(movedAside as string, 'utf8')).toMatch(/^this was a database once/)
    expect(connection.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
    connection.close()
  })

  it('is moved aside when a page of it is damaged', () => {
    const { connection } = openDatabase(file)
    const insert = connection.prepare('INSERT INTO setting VALUES (1, ?, ?)')
    for (let n = 0; n < 500; n++) insert.run(`key-${n}`, 'x'.repeat(200))
    connection.pragma('wal_checkpoint(TRUNCATE)')
    connection.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 4096 * 5, 4096 * 30)
    writeFileSync(file, bytes)
    const again = openDatabase(file)
    expect(again.movedAside).toBeDefined()
    again.connection.close()
  })

  it('that another program locks is a clear error, and nothing is moved', () => {
    openDatabase(file).connection.close()
    const other = new Database(file)
    other.pragma('locking_mode = EXCLUSIVE')
    other.exec('BEGIN EXCLUSIVE')
    expect(() => openDatabase(file, { busyMs: 50 })).toThrow(`${file} is locked by another program; close it and try again`)
    other.close()
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toEqual([])
  })

  it('of a newer version is left alone', () => {
    const { connection } = openDatabase(file)
    connection.pragma(`user_version = ${MIGRATIONS.length + 1}`)
    connection.close()
    expect(() => openDatabase(file)).toThrow(/written by a newer Chainwalk/)
  })

  it('is copied whole by a backup, of which three are kept', () => {
    const { connection } = openDatabase(file)
    for (let n = 1; n <= 5; n++) backup(connection, file, String(n))
    connection.close()
    expect(readdirSync(join(folder, 'backups')).sort()).toEqual(['chainwalk-3.db', 'chainwalk-4.db', 'chainwalk-5.db'])
    const copy = new Database(join(folder, 'backups', 'chainwalk-5.db'), { readonly: true })
    expect(copy.prepare('SELECT name FROM learner').pluck().get()).toBe('me')
    copy.close()
  })
})
