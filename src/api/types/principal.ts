/** What a caller may do: `user` acts on what is theirs, `operator` on everything. */
export type Role = 'user' | 'operator'

/** On whose behalf a function acts. Whoever calls the api has made sure of it: on a login host the operating system, in a web service its login. */
export interface Principal {
  user: string
  uid: number
  gid: number
  home: string
  /** OpenStack projects that the user named, e.g. by `OS_PROJECT_NAME`. */
  projects: string[]
  roles: Role[]
}
