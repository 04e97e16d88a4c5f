import { expect, test } from 'vitest'
import { inlineHtml, readBlocks } from './blocks.ts'

test('command blocks, code, predictions and tasks are cut out in reading order', () => {
  const blocks = readBlocks(
    'One.\n\n```run\nkubectl get ep\n```\n\n:::predict masq\n\nTwo.\n\n```text\na  b\n```\n:::task scale\n',
  )
  expect(blocks).toEqual([
    { type: 'html', html: '<p>One.</p>\n' },
    { type: 'run', command: 'kubectl get ep' },
    { type: 'predict', id: 'masq' },
    { type: 'html', html: '<p>Two.</p>\n' },
    { type: 'code', text: 'a  b' },
    { type: 'task', id: 'scale' },
  ])
})

test('a command block may name its node', () => {
  expect(readBlocks('```run node=worker-1\nip a\n```')).toEqual([{ type: 'run', command: 'ip a', node: 'worker-1' }])
})

test('a marker inside a fence is text', () => {
  expect(readBlocks('```\n:::task x\n```')).toEqual([{ type: 'code', text: ':::task x' }])
})

test('spaces of tool output are kept as they are', () => {
  const text = 'target     prot opt source               destination         '
  expect(readBlocks(`\`\`\`text\n${text}\n\`\`\``)).toEqual([{ type: 'code', text }])
})

test('a closing marker is no text', () => {
  expect(readBlocks(':::predict a\n:::\nText')).toEqual([
    { type: 'predict', id: 'a' },
    { type: 'html', html: '<p>Text</p>\n' },
  ])
})

test('reference links work across cut pieces', () => {
  const blocks = readBlocks('See [it][r].\n\n```run\nls\n```\n\n[r]: https://example.org/\n')
  expect(blocks[0]).toEqual({ type: 'html', html: '<p>See <a href="https://example.org/">it</a>.</p>\n' })
})

test('inline text keeps code', () => {
  expect(inlineHtml('use `kg ep`')).toBe('use <code>kg ep</code>')
})

test('a tag is text', () => {
  expect(inlineHtml('a <img src=x onerror="y"> b')).toBe('a &lt;img src=x onerror=&quot;y&quot;&gt; b')
  expect(readBlocks('<script>x</script>')).toEqual([{ type: 'html', html: '&lt;script&gt;x&lt;/script&gt;' }])
})
