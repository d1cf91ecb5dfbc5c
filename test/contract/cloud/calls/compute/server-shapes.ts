import { z } from 'zod'
import type { Source } from '../../matrix.ts'

export const CREATE_SERVER: Source = 'https://docs.openstack.org/api-ref/compute/#create-server'

export const link = z.strictObject({ rel: z.enum(['self', 'bookmark']), href: z.url() })

export const createdServer = z.strictObject({
  server: z.strictObject({
    id: z.uuid(),
    links: z.array(link).length(2),
    'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']),
    security_groups: z.array(z.strictObject({ name: z.string() })),
    adminPass: z.string(),
  }),
})
