import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** The editor in the window's tokens: the terminal's font, one hue for keys, one for texts. */
const FACE = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink-1)', backgroundColor: 'var(--surface-0)' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    lineHeight: '1.45',
    fontVariantLigatures: 'none',
    fontFeatureSettings: "'liga' 0, 'calt' 0",
  },
  '.cm-content': { caretColor: 'var(--ink-1)', paddingBlock: '6px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink-1)' },
  '.cm-gutters': { backgroundColor: 'var(--surface-0)', color: 'var(--ink-3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--surface-2) 70%, transparent)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent) !important',
  },
  '.cm-fat-cursor': { background: 'var(--accent) !important', color: 'var(--on-accent) !important' },
  '&:not(.cm-focused) .cm-fat-cursor': {
    background: 'none !important',
    outline: '1px solid var(--accent) !important',
    color: 'inherit !important',
  },
  '.cm-panels': {
    backgroundColor: 'var(--surface-1)',
    color: 'var(--ink-1)',
    fontFamily: 'var(--font-mono)',
    borderColor: 'var(--line)',
  },
  '.cm-panels input': {
    color: 'var(--ink-1)',
    backgroundColor: 'transparent',
    border: 'none',
    outline: 'none',
    fontFamily: 'inherit',
  },
  '.cm-vim-panel': { padding: '2px 14px', minHeight: '22px' },
  '.cm-vim-message': { color: 'var(--ink-1) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--surface-2)', color: 'var(--ink-1)', border: '1px solid var(--line-strong)' },
  '.cm-diagnostic': { fontFamily: 'var(--font-ui)', fontSize: 'var(--text-s)' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
})

const INK = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--nat)' },
  { tag: [tags.keyword, tags.typeName, tags.labelName], color: 'var(--mangle)' },
  { tag: [tags.comment, tags.meta], color: 'var(--ink-3)' },
  { tag: tags.invalid, color: 'var(--bad)' },
])

export const look = [FACE, syntaxHighlighting(INK)]

export const fontSize = (pixels: number) => EditorView.theme({ '&': { fontSize: `${pixels}px` } })
