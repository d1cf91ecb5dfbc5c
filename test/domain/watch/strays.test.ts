import { expect, test } from 'vitest'
import type { SeenServer } from '#domain/watch/cloud-pass.ts'
import { straysAmong } from '#domain/watch/strays.ts'

const server = (name: string, changes: Partial<SeenServer> = {}): SeenServer => ({
  id: `id of ${name}`,
  name,
  status: 'ACTIVE',
  claimed: true,
  cores: 2,
  ...changes,
})

test('servers of ours that no workflow expects, and no others', () => {
  const servers = [
    server('canfar-east-expected'),
    server('canfar-east-stray'),
    server('canfar-east-broken', { status: 'ERROR', cores: 4 }),
    server('canfar-east-others', { claimed: false }),
    server('database'),
    server('canfar-east-reclaimed', { status: 'SOFT_DELETED' }),
  ]
  expect(straysAmong(servers, new Set(['canfar-east-expected']), 'canfar')).toEqual([
    { vm: 'canfar-east-stray', cores: 2 },
    { vm: 'canfar-east-broken', cores: 4 },
  ])
})
