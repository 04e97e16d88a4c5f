export { compactJson, indentedJson } from '../../../base/json-text.ts'
