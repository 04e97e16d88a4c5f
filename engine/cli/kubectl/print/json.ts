export { compactJson, indentedJson, jsonString } from '../../../base/go-json.ts'
