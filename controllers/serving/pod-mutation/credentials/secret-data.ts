import type { V1EnvVar, V1Secret } from '@kubernetes/client-node';

/** Whether a Secret has an entry. */
export function hasEntry({ data }: V1Secret, key: string): boolean {
  return data?.[key] !== undefined;
}

/** An entry of a Secret as text; `undefined` when there is none. */
export function entryOf({ data }: V1Secret, key: string): string | undefined {
  const encoded = data?.[key];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

/** A variable whose value the kubelet takes from an entry of a Secret. */
export function variableFromSecret(name: string, secret: string, key: string): V1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}
