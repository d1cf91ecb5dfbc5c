import { loadApi } from './api.ts'
import { runProcess } from './process.ts'

await runProcess(loadApi)
