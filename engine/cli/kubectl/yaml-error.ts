export { yamlError } from '../../base/yaml-error.ts'
