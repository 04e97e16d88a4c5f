import type { ITheme } from '@xterm/xterm'

/** The terminal's colours from the tokens in force; the eight ANSI colours keep the meaning the window gives them. */
export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    background: token('surface-0'),
    foreground: token('ink-1'),
    cursor: token('ink-1'),
    cursorAccent: token('surface-0'),
    selectionBackground: `${token('accent')}55`,
    black: token('ink-3'),
    red: token('bad'),
    green: token('ok'),
    yellow: token('warn'),
    blue: token('accent'),
    magenta: token('mangle'),
    cyan: token('route'),
    white: token('ink-2'),
    brightBlack: token('ink-3'),
    brightRed: token('bad'),
    brightGreen: token('ok'),
    brightYellow: token('changed'),
    brightBlue: token('accent'),
    brightMagenta: token('mangle'),
    brightCyan: token('route'),
    brightWhite: token('ink-1'),
    scrollbarSliderBackground: `${token('line-strong')}99`,
    scrollbarSliderHoverBackground: token('line-strong'),
    scrollbarSliderActiveBackground: token('line-strong'),
  }
}

/** How search marks its matches; xterm wants plain #rrggbb. */
export function searchColours() {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    matchBackground: token('warn-soft'),
    matchOverviewRuler: token('warn'),
    activeMatchBackground: token('warn-soft'),
    activeMatchBorder: token('warn'),
    activeMatchColorOverviewRuler: token('accent'),
  }
}
