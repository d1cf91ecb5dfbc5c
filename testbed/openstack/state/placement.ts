import { database, regionDatabase } from './databases.ts'
import { ini } from './ini.ts'
import { type ServiceSite, tokenCheck } from './service-user.ts'

export const placement = (site: ServiceSite): string =>
  ini({
    DEFAULT: { use_stderr: true },
    api: { auth_strategy: 'keystone' },
    placement_database: { connection: database(regionDatabase('placement', site.region.name)) },
    keystone_authtoken: tokenCheck('placement', site),
  })
