export { compactJson, indentedJson, jsonString } from '../../../base/json-text.ts'
