import { submitOnce } from '#htcondor/submit-once.ts'

// a process of its own, which a test can kill
const [tools = '', input = ''] = process.argv.slice(2)
await submitOnce(JSON.parse(tools), JSON.parse(input))
