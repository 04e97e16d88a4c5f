import { Marked, type Token } from 'marked'

/** A lesson step in the order it is read. HTML is not yet sanitised: only Prose.svelte may show it. */
export type Block =
  | { readonly type: 'html'; readonly html: string }
  | { readonly type: 'run'; readonly command: string; readonly node?: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'predict'; readonly id: string }
  | { readonly type: 'task'; readonly id: string }

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** Lessons are Markdown only: a tag in one is text like any other. */
const asText = (html: string) => html.replaceAll(/[&<>"]/g, (char) => ENTITIES[char] ?? char)
const marked = new Marked({ gfm: true, renderer: { html: ({ text }) => asText(text) } })
const MARKER = /^:::\s*(predict|task)\s+([\w.-]+)\s*$/
const CLOSING = /^:::\s*$/
const FENCE = /^ {0,3}(`{3,}|~{3,})/

/** Cuts a step's Markdown at its command blocks and `:::` markers. */
export function readBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = []
  let prose: string[] = []
  let fence: string | undefined
  const flush = () => {
    blocks.push(...readProse(prose.join('\n')))
    prose = []
  }
  for (const line of markdown.split(/\r?\n/)) {
    const mark = FENCE.exec(line)?.[1]
    if (fence === undefined) {
      const marker = MARKER.exec(line)
      if (marker) {
        flush()
        blocks.push({ type: marker[1] as 'predict' | 'task', id: marker[2]! })
        continue
      }
      if (CLOSING.test(line)) continue
      fence = mark
    } else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined
    prose.push(line)
  }
  flush()
  return blocks
}

function readProse(text: string): Block[] {
  const tokens = marked.lexer(text)
  const blocks: Block[] = []
  let run: Token[] = []
  const flush = () => {
    if (run.some((token) => token.type !== 'space'))
      blocks.push({ type: 'html', html: marked.parser(withLinks(run, tokens.links)) })
    run = []
  }
  for (const token of tokens) {
    if (token.type !== 'code') {
      run.push(token)
      continue
    }
    flush()
    const [lang, ...options] = String(token.lang ?? '').split(/\s+/)
    const node = options.find((option) => option.startsWith('node='))?.slice('node='.length)
    if (lang === 'run') blocks.push({ type: 'run', command: token.text, ...(node ? { node } : {}) })
    else blocks.push({ type: 'code', text: token.text })
  }
  flush()
  return blocks
}

/** The lexer keeps reference links beside the tokens; a part of the tokens needs them too. */
function withLinks(tokens: Token[], links: unknown) {
  return Object.assign(tokens, { links }) as ReturnType<typeof marked.lexer>
}

/** One line of Markdown (a hint, a prediction's question) as HTML, not yet sanitised. */
export function inlineHtml(text: string): string {
  return marked.parseInline(text) as string
}
