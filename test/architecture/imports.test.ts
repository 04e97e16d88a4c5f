import { describe, expect, it } from 'vitest'
import table from './ranks.json' with { type: 'json' }
import { type SourceFile, sourceFiles } from './source.ts'

const files = sourceFiles()
const product = files.filter((f) => !f.path.endsWith('.test.ts'))
const folderOf = (file: string) =>
  table.engine.find((row) => file === `engine/${row.folder}` || file.startsWith(`engine/${row.folder}/`))
const edges = (f: SourceFile) =>
  f.imports.flatMap((i) => (i.target === undefined ? [] : [{ from: f.path, to: i.target, typeOnly: i.typeOnly }]))

describe('who may import whom', () => {
  it('finds the source', () => expect(product.length).toBeGreaterThan(100))

  it('holds the rank table inside engine', () => {
    const wrong = product
      .filter((f) => f.path.startsWith('engine/'))
      .flatMap(edges)
      .filter(({ from, to }) => {
        const row = folderOf(from)
        if (row === undefined) return true
        if (row.may.includes('*')) return !to.startsWith('engine/')
        const inside = to === `engine/${row.folder}` || to.startsWith(`engine/${row.folder}/`)
        return !inside && !row.may.some((m) => to === `engine/${m}` || (!m.endsWith('.ts') && to.startsWith(`engine/${m}/`)))
      })
    expect(wrong).toEqual([])
  })

  it('lets nothing outside engine import deeper than engine/index.ts', () => {
    const wrong = product
      .filter((f) => !f.path.startsWith('engine/'))
      .flatMap(edges)
      .filter(({ to }) => to.startsWith('engine/') && to !== 'engine/index.ts')
    expect(wrong).toEqual([])
  })

  it('keeps the contract free of code: types from engine/index.ts only', () => {
    const wrong = product
      .filter((f) => f.path.startsWith('electron/contract/'))
      .flatMap(edges)
      .filter(({ to, typeOnly }) => !(to.startsWith('electron/contract/') || (to === 'engine/index.ts' && typeOnly)))
    expect(wrong).toEqual([])
  })

  it('lets the renderer know the contract only', () => {
    const wrong = product
      .filter((f) => f.path.startsWith('renderer/'))
      .flatMap(edges)
      .filter(({ to }) => !(to.startsWith('renderer/') || to.startsWith('electron/contract/')))
    expect(wrong).toEqual([])
  })

  it('lets the engine use only pure packages, and just-bash only in shell', () => {
    const wrong = product
      .filter((f) => f.path.startsWith('engine/'))
      .flatMap((f) => f.imports.filter((i) => i.target === undefined).map((i) => ({ from: f.path, specifier: i.specifier })))
      .filter(({ from, specifier }) => {
        const allowed = [...table.packages.engine, ...(from.startsWith('engine/shell/') ? table.packages['engine/shell'] : [])]
        return !allowed.some((p) => specifier === p || specifier.startsWith(`${p}/`))
      })
    expect(wrong).toEqual([])
  })

  it('has no import cycle', () => {
    const graph = new Map(
      product.map((f) => [
        f.path,
        edges(f)
          .filter((e) => !e.typeOnly)
          .map((e) => e.to),
      ]),
    )
    const state = new Map<string, 'open' | 'done'>()
    const cycles: string[] = []
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === 'done') return
      if (state.get(file) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
        return
      }
      state.set(file, 'open')
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
      state.set(file, 'done')
    }
    for (const file of graph.keys()) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('has no file that imports its own folder’s index', () => {
    const wrong = product.flatMap(edges).filter(({ from, to }) => to === `${from.slice(0, from.lastIndexOf('/'))}/index.ts`)
    expect(wrong).toEqual([])
  })
})

describe('sizes', () => {
  const data = table.dataFiles.map((p) => new RegExp(p))
  const sized = product.filter((f) => !data.some((p) => p.test(f.path))).sort((a, b) => a.lines - b.lines)

  it(`keeps every file under ${table.ceiling} lines`, () => {
    expect(sized.filter((f) => f.lines > table.ceiling).map((f) => `${f.path} ${f.lines}`)).toEqual([])
  })

  it(`keeps the median at most ${table.median} lines`, () => {
    expect(sized[Math.floor(sized.length / 2)]?.lines).toBeLessThanOrEqual(table.median)
  })

  it('keeps 95 % of the files at most 300 lines', () => {
    expect(sized[Math.floor(sized.length * 0.95)]?.lines).toBeLessThanOrEqual(300)
  })
})
