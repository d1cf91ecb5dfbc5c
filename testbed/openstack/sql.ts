import { HOME, type Root, runInRoot } from './root.ts'

/** Runs statements as root of MariaDB. */
export const runSql = (root: Root, statements: string): Promise<string> =>
  runInRoot(root, ['mariadb', `--socket=${HOME}/run/mysql.sock`, '-uroot', '--batch', '--raw', '--skip-column-names'], {
    input: statements,
  })

/** What can be selected: the expression for one row, as SQL makes JSON of it, and where the rows are. */
export interface Select {
  json: string
  from: string
}

/** The rows of each select, all at one moment. */
export async function selectJson(root: Root, selects: readonly Select[]): Promise<unknown[][]> {
  const text = await runSql(
    root,
    [
      // the list that is made of a select's rows would be cut at 1 MB
      'set group_concat_max_len = 1 << 30;',
      'start transaction with consistent snapshot;',
      ...selects.map(({ json, from }) => `select coalesce(json_arrayagg(${json}), '[]') from ${from};`),
    ].join('\n'),
  )
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown[])
}
