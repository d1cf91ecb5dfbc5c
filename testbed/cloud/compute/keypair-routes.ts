import { createHash, generateKeyPairSync } from 'node:crypto'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import { microsBare } from '../clock-text.ts'
import type { Cloud, Env } from '../cloud.ts'
import { badRequest, conflict, notFound, Refusal } from '../refusal.ts'
import { checkBody, readBody } from './body.ts'
import { computeLimits } from './quota.ts'
import { adminOnly } from './rights.ts'
import type { Keypair } from './types.ts'

const NewKeypair = z.object({
  keypair: z.object({
    name: z.string().min(1).max(255),
    public_key: z.string().optional(),
    type: z.enum(['ssh', 'x509']).default('ssh'),
    user_id: z.string().optional(),
  }),
})

const view = (row: Keypair, microversion: number) => ({
  name: row.name,
  public_key: row.publicKey,
  fingerprint: row.fingerprint,
  ...(microversion >= 2 && { type: row.type }),
})

/** Whose keypairs are meant: another user's only for administrators, since 2.10. */
function userOf(c: Context<Env>, asked: string | undefined): string {
  const own = c.var.principal.user.id
  if (asked === undefined || c.var.microversion < 10 || asked === own) return own
  adminOnly(c, 'os-keypairs')
  return asked
}

/** Keypairs belong to users, not projects. */
export function keypairRoutes(cloud: Cloud): Hono<Env> {
  const app = new Hono<Env>()
  const { keypairs } = cloud.state

  const one = (c: Context<Env>): Keypair => {
    const userId = userOf(c, c.req.query('user_id'))
    const name = c.req.param('name') ?? ''
    const found = keypairs.get(`${userId}:${name}`)
    if (found === undefined) throw notFound(`Keypair ${name} not found for user ${userId}`)
    return found
  }

  app.get('/os-keypairs', (c) => {
    const userId = userOf(c, c.req.query('user_id'))
    const rows = [...keypairs.values()].filter((row) => row.userId === userId)
    return c.json({ keypairs: rows.map((row) => ({ keypair: view(row, c.var.microversion) })) })
  })
  app.get('/os-keypairs/:name', (c) => {
    const row = one(c)
    return c.json({
      keypair: {
        ...view(row, c.var.microversion),
        user_id: row.userId,
        id: 1,
        created_at: microsBare(row.createdAt),
        updated_at: null,
        deleted: false,
        deleted_at: null,
      },
    })
  })
  app.post('/os-keypairs', async (c) => {
    const { keypair: wanted } = checkBody(NewKeypair, await readBody(c))
    const userId = userOf(c, wanted.user_id)
    if (wanted.public_key === undefined && c.var.microversion >= 92)
      throw badRequest("Invalid input for field/attribute keypair. 'public_key' is a required property")
    const mine = [...keypairs.values()].filter((row) => row.userId === userId)
    if (mine.some((row) => row.name === wanted.name)) throw conflict(`Key pair '${wanted.name}' already exists.`)
    if (mine.length >= (computeLimits(cloud, c.var.principal.project?.id ?? '')['key_pairs'] ?? 100))
      throw new Refusal(403, 'Quota exceeded, too many key pairs.')
    const made = wanted.public_key === undefined ? generate() : { publicKey: wanted.public_key, privateKey: undefined }
    const row: Keypair = {
      userId,
      name: wanted.name,
      publicKey: made.publicKey,
      fingerprint: fingerprint(made.publicKey),
      type: wanted.type,
      createdAt: cloud.now(),
    }
    keypairs.put(`${userId}:${row.name}`, row)
    const shown = {
      ...view(row, c.var.microversion),
      user_id: userId,
      ...(made.privateKey !== undefined && { private_key: made.privateKey }),
    }
    return c.json({ keypair: shown }, c.var.microversion >= 2 ? 201 : 200)
  })
  app.delete('/os-keypairs/:name', (c) => {
    const row = one(c)
    keypairs.delete(`${row.userId}:${row.name}`)
    return c.body(null, c.var.microversion >= 2 ? 204 : 202)
  })
  return app
}

/** @throws Refusal 400 for what is no OpenSSH public key. */
function fingerprint(publicKey: string): string {
  const [, , body] =
    /^(ssh-[a-z0-9-]+|ecdsa-[a-z0-9-]+|sk-[a-z0-9@.-]+) ([A-Za-z0-9+/=]+)( .*)?$/s.exec(publicKey.trim()) ?? []
  if (body === undefined) throw badRequest('Keypair data is invalid: failed to generate fingerprint')
  const hex = createHash('md5').update(Buffer.from(body, 'base64')).digest('hex')
  return hex.match(/../g)?.join(':') ?? hex
}

/** A field of the SSH wire format. */
function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

function generate(): { publicKey: string; privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const modulus = Buffer.from(n, 'base64url')
  const positive = (modulus[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), modulus]) : modulus
  const blob = Buffer.concat([field(Buffer.from('ssh-rsa')), field(Buffer.from(e, 'base64url')), field(positive)])
  return {
    publicKey: `ssh-rsa ${blob.toString('base64')} Generated-by-Nova`,
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs1' }).toString(),
  }
}
