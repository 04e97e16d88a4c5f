import type { CommandName } from 'just-bash/browser'

/** The programs of every node and container that just-bash brings: text and file tools. Its other commands are no part of a node. */
export const TEXT_TOOLS: readonly CommandName[] = [
  'base64',
  'basename',
  'chmod',
  'cp',
  'date',
  'dirname',
  'du',
  'echo',
  'env',
  'expand',
  'false',
  'file',
  'find',
  'gunzip',
  'gzip',
  'jq',
  'ln',
  'mkdir',
  'mv',
  'printenv',
  'printf',
  'pwd',
  'readlink',
  'rm',
  'rmdir',
  'split',
  'stat',
  'strings',
  'time',
  'touch',
  'tree',
  'true',
  'unexpand',
  'zcat',
]

/** Builtins of bash that just-bash offers as commands. */
export const BUILTIN_COMMANDS: readonly CommandName[] = ['alias', 'unalias']
