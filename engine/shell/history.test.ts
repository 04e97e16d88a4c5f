import { describe, expect, it } from 'vitest'
import { expandHistory, oneLine } from './history.ts'

const PAST = ['echo one two', 'ls -l /etc', 'kubectl get pods -n myapp']
const text = (line: string) => {
  const result = expandHistory(line, PAST)
  return 'error' in result ? result.error : result.text
}

describe('history expansion', () => {
  it.each([
    ['!!', 'kubectl get pods -n myapp'],
    ['sudo !!', 'sudo kubectl get pods -n myapp'],
    ['echo !$', 'echo myapp'],
    ['echo !^', 'echo get'],
    ['echo !*', 'echo get pods -n myapp'],
    ['!1', 'echo one two'],
    ['!-2', 'ls -l /etc'],
    ['!ls', 'ls -l /etc'],
    ['!?two?', 'echo one two'],
    ['cat !ls:2', 'cat /etc'],
    ['echo !1:1-2', 'echo one two'],
    ['^pods^svc^', 'kubectl get svc -n myapp'],
    ['^pods^svc', 'kubectl get svc -n myapp'],
    ["echo '!!'", "echo '!!'"],
    ['echo \\!!', 'echo \\!!'],
    ['echo hi!', 'echo hi!'],
    ['[ ! -f x ]', '[ ! -f x ]'],
    ['a != b', 'a != b'],
    ['echo "x!"', 'echo "x!"'],
    ['echo $!', 'echo $!'],
    ['!nope', 'bash: !nope: event not found'],
    ['!99', 'bash: !99: event not found'],
  ])('%j is %j', (line, wanted) => expect(text(line)).toBe(wanted))

  it('says when a quick substitution finds nothing', () => {
    expect(expandHistory('^zzz^y', PAST)).toEqual({ error: 'bash: :s^zzz^y: substitution failed' })
  })
})

describe('several lines in history', () => {
  it.each([
    ['for i in 1 2\ndo echo $i\ndone', 'for i in 1 2; do echo $i; done'],
    ['if true\nthen\necho\nfi', 'if true; then echo; fi'],
    ['echo "a\nb"', 'echo "a\nb"'],
    ['echo a \\\nb', 'echo a b'],
    ['f() {\nls\n}', 'f() { ls; }'],
  ])('%j is kept as %j', (typed, kept) => expect(oneLine(typed)).toBe(kept))
})
