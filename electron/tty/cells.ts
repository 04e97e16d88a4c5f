import { stripVTControlCharacters } from 'node:util'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** East Asian wide and emoji, as terminals draw them in two cells. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const PLAIN = /^[\n\x20-\x7e]*$/

export const clusters = (text: string): string[] =>
  PLAIN.test(text) ? [...text] : [...graphemes.segment(text)].map((s) => s.segment)

const cells = (cluster: string): number => (WIDE.test(cluster) ? 2 : /^\p{M}|^[\u200b-\u200d]/u.test(cluster) ? 0 : 1)

export interface Place {
  readonly row: number
  readonly column: number
}

/** Where the cursor stands after `text` was printed from `start` on a terminal of `columns`. */
export function placeAfter(text: string, columns: number, start: Place = { row: 0, column: 0 }): Place {
  let { row, column } = start
  for (const cluster of clusters(stripVTControlCharacters(text))) {
    if (cluster === '\n') {
      row++
      column = 0
      continue
    }
    const width = cells(cluster)
    if (column + width > columns) {
      row++
      column = 0
    }
    column += width
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column }
}

export const widthOf = (text: string): number => clusters(text).reduce((sum, cluster) => sum + cells(cluster), 0)
