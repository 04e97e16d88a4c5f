import { expect, test } from 'vitest'
import { DESCRIBE_LAYOUT, TABLE_LAYOUT, TabWriter, tabbed } from './tabwriter.ts'

test('a column is as wide as its widest tab-terminated cell; the last cell of a line is never padded', () => {
  expect(tabbed('NAME\tAGE\na\t1\nlonger-name\t2\n', TABLE_LAYOUT)).toBe('NAME          AGE\na             1\nlonger-name   2\n')
})

test('a line without the cell ends the column: widths start afresh below it', () => {
  expect(tabbed('long-title:\tx\nplain\na:\ty\n', DESCRIBE_LAYOUT)).toBe('long-title:  x\nplain\na:  y\n')
})

test('an empty last cell leaves the padding of the one before', () => {
  expect(tabbed('A\tB\nx\t\n', TABLE_LAYOUT)).toBe('A     B\nx     \n')
})

test('remembered widths never shrink, until they are forgotten', () => {
  const writer = new TabWriter(TABLE_LAYOUT, true)
  writer.write('a-long-name\t1\n')
  expect(writer.flush()).toBe('a-long-name   1\n')
  writer.write('b\t2\n')
  expect(writer.flush()).toBe('b             2\n')
  writer.forget()
  writer.write('b\t2\n')
  expect(writer.flush()).toBe('b     2\n')
})

test('a character counts once, however many bytes it has', () => {
  expect(tabbed('é\tx\nee\ty\n', DESCRIBE_LAYOUT)).toBe('é   x\nee  y\n')
})
