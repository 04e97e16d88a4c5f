import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, sourceFiles } from './source.ts'

const engine = sourceFiles(['engine']).filter((f) => !f.path.endsWith('.test.ts'))
const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')

describe('the engine wall', () => {
  it('compiles without Node, DOM or timers', () => {
    const config = JSON.parse(readFileSync(path.join(ROOT, 'engine/tsconfig.json'), 'utf8'))
    expect(config.compilerOptions.lib).toEqual(['ES2023'])
    expect(config.compilerOptions.types).toEqual([])
  })

  it.each([
    ['the host clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b/],
    ['the host dice', /\bMath\.random\b|\bcrypto\.(?:getRandomValues|randomUUID)\b/],
    ['a timer', /\bset(?:Timeout|Interval|Immediate)\s*\(/],
    ['a way out', /\bglobalThis\b|\beval\s*\(|\bnew Function\b/],
  ])('never reads %s', (_, pattern) => {
    const inPorts = (file: string) => /engine\/shell\/(?:ports|host)[\w-]*(?:\.d)?\.ts$/.test(file)
    expect(engine.filter((f) => !inPorts(f.path) && pattern.test(text(f.path))).map((f) => f.path)).toEqual([])
  })

  it('leaves no work without an owner in the text', () => {
    const all = sourceFiles()
    const mark = new RegExp(`\\b${['TO', 'DO'].join('')}\\b(?!\\()|\\b${['FIX', 'ME'].join('')}\\b`)
    expect(all.filter((f) => mark.test(readFileSync(path.join(ROOT, f.path), 'utf8'))).map((f) => f.path)).toEqual([])
  })
})
