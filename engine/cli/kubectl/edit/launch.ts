import { decodeUtf8, encodeUtf8 } from '../../../base/utf8.ts'
import { NOT_EMULATED_EXIT } from '../../command.ts'
import { fail, silentExit } from '../errors.ts'
import type { Invocation } from '../invocation.ts'

/** The editor's command line: KUBE_EDITOR, EDITOR, or vi; words with quotes are the shell's business (editor.defaultEnvEditor). */
function editorOf(env: Readonly<Record<string, string>>): readonly string[] {
  const editor = env.KUBE_EDITOR || env.EDITOR || 'vi'
  if (!editor.includes(' ')) return [editor]
  if (!/["'\\]/.test(editor)) return editor.split(' ')
  return [env.SHELL || '/bin/bash', '-c', editor]
}

/** Puts a text into a temporary file, has it edited, and reads it again. */
export async function launchEditor(call: Invocation, text: string, extension: string): Promise<{ text: string; file: string }> {
  const { context } = call
  const { fs, dice } = context.machine
  const file = `/tmp/kubectl-edit-${dice.u32()}${extension}`
  fs.write(file, encodeUtf8(text), { mode: 0o600 })
  const editor = [...editorOf(context.env)]
  const shell = editor[1] === '-c'
  // bash is no file of the machine's
  const argv = shell ? ['bash', '-c', `${editor[2]} ${JSON.stringify(file)}`] : [...editor, file]
  if (!shell && context.findProgram(argv[0]!) === undefined)
    throw fail(`unable to launch the editor ${JSON.stringify(editor.join(' '))}`)
  const exit = await context.run(argv)
  if (exit === NOT_EMULATED_EXIT) throw silentExit(NOT_EMULATED_EXIT)
  if (exit !== 0) throw fail(`there was a problem with the editor ${JSON.stringify(editor.join(' '))}`)
  return { text: decodeUtf8(fs.read(file)), file }
}
