import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts'
import { FsError } from '../../cluster/fs.ts'
import { type CommandContext, type EditRequest, notEmulated } from '../command.ts'
import { checkManifest } from './manifest-check.ts'

/** Larger texts are no work for an editor in a lab. */
const LARGEST = 8 * 1024 * 1024

export interface FileEdit {
  readonly file: string
  readonly keys: EditRequest['keys']
  readonly line?: number
  readonly readOnly?: boolean
  /** What the tool says when the file cannot be written. */
  readonly unwritable: (file: string) => string
}

function languageOf(path: string, text: string): EditRequest['language'] {
  if (/\.ya?ml$/.test(path)) return 'yaml'
  if (/\.json$/.test(path)) return 'json'
  return /\.sh$/.test(path) || text.startsWith('#!') ? 'shell' : 'text'
}

/** Opens a file of the machine in the editor, and writes it when asked to. The editor's exit code. */
export async function editFile(context: CommandContext, edit: FileEdit): Promise<number> {
  if (context.edit === undefined) return notEmulated(context, 'an editor without a terminal')
  const { fs } = context.machine
  const path = edit.file.startsWith('/') ? edit.file : `${context.cwd === '/' ? '' : context.cwd}/${edit.file}`
  let text = ''
  if (edit.file !== '' && fs.exists(path)) {
    if (fs.stat(path).type === 'dir') return notEmulated(context, 'a directory in the editor')
    const bytes = fs.read(path)
    text = decodeUtf8(bytes)
    if (bytes.length > LARGEST || bytes.includes('\0') || encodeUtf8(text) !== bytes)
      return notEmulated(context, 'a file that is no text')
  }
  context.mark('modelled')
  const language = languageOf(path, text)
  return context.edit({
    tool: context.argv[0] ?? 'vi',
    name: edit.file === '' ? '[No Name]' : edit.file,
    text,
    language,
    keys: edit.keys,
    ...(edit.line === undefined ? {} : { line: edit.line }),
    ...(edit.readOnly === true ? { readOnly: true } : {}),
    ...(language === 'yaml' || language === 'json' ? { check: checkManifest } : {}),
    save: (written) => write(context, path, edit, written),
  })
}

function write(context: CommandContext, path: string, edit: FileEdit, text: string): string | undefined {
  if (edit.file === '') return 'E32: No file name'
  try {
    context.machine.fs.write(path, encodeUtf8(text))
    return undefined
  } catch (error) {
    if (error instanceof FsError) return edit.unwritable(edit.file)
    throw error
  }
}
