import { micros } from '../clock-text.ts'
import type { Cloud } from '../cloud.ts'
import { catalog } from './catalog.ts'
import { roleId } from './roles.ts'
import type { Principal } from './types.ts'

/** The body of a token, as Keystone shows it at creation and validation. */
export function tokenView(cloud: Cloud, { token, user, project, roles }: Principal, withCatalog: boolean) {
  const domain = (id: string) => ({ id, name: cloud.state.domains.get(id)?.name ?? id })
  const credential =
    token.applicationCredentialId === null ? undefined : cloud.state.credentials.get(token.applicationCredentialId)
  const scoped = project !== null && {
    project: { id: project.id, name: project.name, domain: domain(project.domainId) },
    is_domain: false,
    roles: roles.map((name) => ({ id: roleId(name), name })),
    ...(withCatalog && { catalog: catalog(cloud, project.id) }),
  }
  return {
    token: {
      methods: token.methods,
      user: { id: user.id, name: user.name, domain: domain(user.domainId), password_expires_at: null },
      audit_ids: [token.auditId],
      expires_at: micros(token.expiresAt),
      issued_at: micros(token.issuedAt),
      ...scoped,
      ...(credential && {
        application_credential: {
          id: credential.id,
          name: credential.name,
          restricted: !credential.unrestricted,
          ...(credential.accessRules !== null && { access_rules: credential.accessRules }),
        },
      }),
    },
  }
}
