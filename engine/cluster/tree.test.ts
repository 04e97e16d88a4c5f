import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FsError } from './fs.ts'
import { dirEntry, TreeFs } from './tree.ts'

const fresh = () => new TreeFs(dirEntry(0, { tmp: dirEntry(0) }), () => 1000)
const code = (work: () => unknown) => {
  try {
    work()
    return 'no error'
  } catch (error) {
    return (error as FsError).code
  }
}

describe('a machine’s files', () => {
  it('reads back what was written, appends and makes folders', () => {
    const fs = fresh()
    fs.mkdir('/a/b', { recursive: true })
    fs.write('/a/b/c', 'x')
    fs.write('/a/./b/../b/c', 'y', { append: true })
    expect(fs.read('//a/b/c')).toBe('xy')
    expect(fs.list('/a')).toEqual(['b'])
    expect(fs.stat('/a/b/c').mtime).toBe(1000)
  })

  it('follows links, and gives up on circles', () => {
    const fs = fresh()
    fs.write('/tmp/x', '1')
    fs.symlink('tmp', '/t')
    fs.symlink('x', '/tmp/l')
    fs.symlink('/loop', '/loop')
    expect(fs.read('/t/l')).toBe('1')
    expect(fs.realpath('/t/l')).toBe('/tmp/x')
    fs.write('/t/l', '2')
    expect(fs.read('/tmp/x')).toBe('2')
    expect(fs.stat('/t/l', { follow: false }).type).toBe('symlink')
    expect(code(() => fs.read('/loop'))).toBe('ELOOP')
  })

  it.each([
    ['a missing file', 'ENOENT', (fs: TreeFs) => fs.read('/nope')],
    ['a missing folder', 'ENOENT', (fs: TreeFs) => fs.write('/nope/x', '')],
    ['a file as folder', 'ENOTDIR', (fs: TreeFs) => fs.list('/tmp/f')],
    ['a folder as file', 'EISDIR', (fs: TreeFs) => fs.write('/tmp', '')],
    ['a folder that is there', 'EEXIST', (fs: TreeFs) => fs.mkdir('/tmp')],
    ['a folder that is not empty', 'ENOTEMPTY', (fs: TreeFs) => fs.remove('/tmp')],
    ['a folder into itself', 'EINVAL', (fs: TreeFs) => fs.rename('/tmp', '/tmp/x')],
  ])('refuses %s with %s', (_, wanted, work) => {
    const fs = fresh()
    fs.write('/tmp/f', '')
    expect(code(() => work(fs))).toBe(wanted)
  })

  it('shows computed files among the others, and writes through them', () => {
    let value = '0'
    const setValue = (text: string) => {
      value = text.trim()
    }
    const computed = (path: string) => {
      if (path === '/proc') return { list: () => ['ip_forward'] }
      if (path !== '/proc/ip_forward') return undefined
      return { read: () => `${value}\n`, write: setValue }
    }
    const fs = new TreeFs(dirEntry(0), () => 0, computed)
    fs.write('/proc/ip_forward', '1\n')
    expect([fs.list('/proc'), fs.read('/proc/ip_forward'), value]).toEqual([['ip_forward'], '1\n', '1'])
    expect(fs.save()).toEqual(dirEntry(0))
  })

  it('is its tree: load(save()) restores, and what did not change is shared', () => {
    const name = fc.constantFrom('a', 'b', 'c', '__proto__')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`)
    const step = fc.oneof(
      fc.tuple(fc.constant('write'), path, fc.string()),
      fc.tuple(fc.constant('mkdir'), path, fc.constant('')),
      fc.tuple(fc.constant('remove'), path, fc.constant('')),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const fs = fresh()
        const untouched = (fs.save() as unknown as ReturnType<typeof dirEntry>).entries.tmp
        for (const [kind, at, text] of steps) {
          const before = fs.save()
          const copy = JSON.stringify(before)
          try {
            if (kind === 'write') fs.write(at, text)
            else if (kind === 'mkdir') fs.mkdir(at, { recursive: true })
            else fs.remove(at, { recursive: true })
          } catch (error) {
            if (!(error instanceof FsError)) throw error
            expect(fs.save()).toBe(before)
          }
          expect(JSON.stringify(before)).toBe(copy)
        }
        expect((fs.save() as unknown as ReturnType<typeof dirEntry>).entries.tmp).toBe(untouched)
        const other = fresh()
        other.load(JSON.parse(JSON.stringify(fs.save())))
        expect(JSON.stringify(other.save())).toBe(JSON.stringify(fs.save()))
      }),
    )
  })
})
