export type Section = Readonly<Record<string, string | number | boolean>>

/** A configuration file of oslo.config's, or of MariaDB's. */
export const ini = (sections: Readonly<Record<string, Section>>): string =>
  Object.entries(sections)
    .map(([name, options]) =>
      [`[${name}]`, ...Object.entries(options).map(([option, value]) => `${option}=${value}`), ''].join('\n'),
    )
    .join('\n')
