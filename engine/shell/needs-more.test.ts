import { describe, expect, it } from 'vitest'
import { needsMore } from './parse.ts'

/** What bash 5.2 asked more for at "> ", and what it ran (or refused) at once. */
const MORE = [
  'echo "a',
  "echo 'a",
  "echo $'a\\'",
  'echo a \\',
  'a |',
  'a && ',
  'a || # and then',
  'cat <<E\nfoo',
  "cat <<'E' | grep x\nE x",
  'cat <<-E\n\tfoo',
  'for i in 1 2',
  'for i in 1 2; do',
  'while true; do echo; don',
  'if true',
  'if true; then echo',
  'case x in',
  'case x in a) echo',
  '{ echo',
  '( ls',
  'f() {',
  'echo $(ls',
  'echo ${a',
  'echo `ls',
  'echo $((1+2',
  '[[ a',
  'a=(1 2',
  'echo "$(echo "a',
]
const COMPLETE = [
  '',
  'echo a',
  'echo "a" # "',
  "echo \\'",
  'echo a \\\\',
  'cat <<E\nfoo\nE',
  'cat <<-E\n\tfoo\n\tE',
  'for i in 1 2; do echo $i; done',
  'for i in 1 2\ndo echo $i\ndone',
  'if true; then echo; fi',
  'echo $((1+2))',
  'echo )',
  ';;',
  'done',
  '| a',
  'ls >',
  "echo $'a\\'b'",
  'a &',
]

describe('continuation', () => {
  it.each(MORE)('goes on after %j', (text) => expect(needsMore(text)).toBe(true))
  it.each(COMPLETE)('does not after %j', (text) => expect(needsMore(text)).toBe(false))
})
