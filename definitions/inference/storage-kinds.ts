/** Storage kinds that our runner reads from and writes to; runners of others may know more. */
export const inputKindNames = ['krateo', 'http', 'inline', 'configMap', 'pvc', 's3'] as const;
export const outputKindNames = ['krateo', 'http', 'pvc', 'log', 's3'] as const;
