import { describe, expect, it } from 'vitest'
import { argvOf, finiteCommand } from './command.ts'

describe('commands that can be foretold', () => {
  it.each([
    [['true'], { steps: [], exit: 0 }],
    [['/bin/false'], { steps: [], exit: 1 }],
    [['sleep', '1m'], { steps: [{ wait: 60_000 }], exit: 0 }],
    [['sleep', 'infinity'], { steps: [], exit: undefined }],
    [['sh', '-c', 'echo "a b" && sleep 5; exit 3'], { steps: [{ print: 'a b\n' }, { wait: 5000 }], exit: 3 }],
    [['sh', '-c', 'false && echo no; date; echo yes'], { steps: [{ date: true }, { print: 'yes\n' }], exit: 0 }],
    [['/bin/sh', '-c', 'exit 1'], { steps: [], exit: 1 }],
  ])('%j', (argv, want) => expect(finiteCommand(argv)).toEqual(want))

  it.each([
    [['sh', '-c', 'echo $HOME']],
    [['sh', '-c', 'while true; do date; sleep 1; done']],
    [['sh', '-c', 'echo a > /f']],
    [['nginx', '-g', 'daemon off;']],
    [['sh']],
  ])('leaves %j to the shell', (argv) => expect(finiteCommand(argv)).toBeUndefined())

  it('takes arguments for the command only where the image has no entrypoint', () => {
    expect(argvOf({ name: 'c', image: 'busybox:1.36', args: ['sleep', '5'] })).toEqual(['sleep', '5'])
    expect(argvOf({ name: 'c', image: 'nginx', args: ['-x'] })).toBeUndefined()
    expect(argvOf({ name: 'c', image: 'nginx', command: ['a'], args: ['b'] })).toEqual(['a', 'b'])
  })
})
