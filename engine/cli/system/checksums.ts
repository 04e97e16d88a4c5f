import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { encodeUtf8 } from '../../base/utf8.ts'
import { type Command, notEmulated } from '../command.ts'

function checksum(name: string, hash: (bytes: Uint8Array) => Uint8Array): Command {
  return {
    name,
    path: `/usr/bin/${name}`,
    on: 'both',
    flags: [
      { short: 'c', long: 'check', status: 'known' },
      { short: 'b', long: 'binary', status: 'known' },
    ],
    async run(context) {
      const files = context.argv.slice(1)
      const option = files.find((word) => word.startsWith('-') && word !== '-')
      if (option !== undefined) return notEmulated(context, option)
      let exit = 0
      for (const file of files.length === 0 ? ['-'] : files) {
        const { fs } = context.machine
        const path = file.startsWith('/') ? file : `${context.cwd}/${file}`
        if (file !== '-' && (!fs.exists(path) || fs.stat(path).type === 'dir')) {
          const why = fs.exists(path) ? 'Is a directory' : 'No such file or directory'
          context.stderr.write(encodeUtf8(`${name}: ${file}: ${why}\n`))
          exit = 1
          continue
        }
        const text = file === '-' ? await context.stdin.text() : fs.read(path)
        const bytes = new Uint8Array(text.length)
        for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
        context.stdout.write(encodeUtf8(`${bytesToHex(hash(bytes))}  ${file}\n`))
      }
      return exit
    },
  }
}

/** coreutils' checksums, over our own hashes: they take no time of the host's. */
export const md5sum = checksum('md5sum', md5)
export const sha1sum = checksum('sha1sum', sha1)
export const sha256sum = checksum('sha256sum', sha256)
