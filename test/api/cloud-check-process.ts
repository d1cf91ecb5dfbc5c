import { openApi } from '#api/open.ts'

// `cloud check arbutus --boot` of a configuration, as a process that can be killed: says the name of each check when it is known.

const [config = '', home = ''] = process.argv.slice(2)
const api = await openApi(
  { user: 'ops', uid: 0, gid: 0, home, projects: [], roles: ['operator'] },
  { config, env: {}, directory: home },
)
for await (const { name } of api.checkCloud('arbutus', { boot: {}, signal: new AbortController().signal }))
  console.log(name)
await api.close()
