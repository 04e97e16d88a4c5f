export { JsonPath, PathError, relaxedJsonPath } from '../../../../base/jsonpath/run.ts'
