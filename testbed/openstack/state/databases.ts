import { HOME } from '../root.ts'

/** Through the socket as root of MariaDB: who reaches it is root of the host. */
export const database = (name: string): string =>
  `mysql+pymysql://root@localhost/${name}?unix_socket=${HOME}/run/mysql.sock&charset=utf8`

/** Services of a region that have a database each. */
const OF_REGION = ['nova_api', 'nova_cell0', 'nova_cell1', 'glance', 'placement', 'neutron'] as const

export const regionDatabase = (name: (typeof OF_REGION)[number], region: string): string =>
  `${name}_${region.toLowerCase()}`

export const databasesOf = (regions: readonly string[]): string[] => [
  'keystone',
  ...regions.flatMap((region) => OF_REGION.map((name) => regionDatabase(name, region))),
]
