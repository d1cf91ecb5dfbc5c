import { HOME } from '../root.ts'
import { database, regionDatabase } from './databases.ts'
import { ini } from './ini.ts'
import { type ServiceSite, tokenCheck } from './service-user.ts'

export const glance = (site: ServiceSite): string => {
  const { layout, region } = site
  const folder = `${HOME}/${region.name}`
  return ini({
    DEFAULT: {
      bind_host: layout.address,
      bind_port: region.image,
      workers: 0,
      use_stderr: true,
      enabled_backends: 'file1:file',
    },
    glance_store: { default_backend: 'file1' },
    file1: { filesystem_store_datadir: `${folder}/images/` },
    database: { connection: database(regionDatabase('glance', region.name)) },
    paste_deploy: { flavor: 'keystone', config_file: '/etc/glance/glance-api-paste.ini' },
    oslo_concurrency: { lock_path: `${HOME}/lock` },
    os_glance_staging_store: { filesystem_store_datadir: `${folder}/tasks/` },
    os_glance_tasks_store: { filesystem_store_datadir: `${folder}/tasks/` },
    keystone_authtoken: tokenCheck('glance', site),
  })
}
