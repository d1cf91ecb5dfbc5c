import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const PasswordsSchema = z.object({ admin: z.string(), service: z.string() })

/** Of the user `admin`, and of the services' own users. Made with the fresh state and kept in it, for root alone. */
export type Passwords = z.infer<typeof PasswordsSchema>

const FILE = 'passwords.json'

export function makePasswords(state: string): Passwords {
  const secret = (): string => randomBytes(18).toString('base64url')
  const passwords = { admin: secret(), service: secret() }
  writeFileSync(join(state, FILE), JSON.stringify(passwords), { mode: 0o600 })
  return passwords
}

export const readPasswords = (state: string): Passwords =>
  PasswordsSchema.parse(JSON.parse(readFileSync(join(state, FILE), 'utf8')))
