import type { k8s } from 'cdk8s-plus-28';
import * as z from 'zod';

const objectName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
    'expected the name of an object: lower-case letters, digits, dashes, dots',
  );

/** Key of a Secret or ConfigMap. */
export const dataKeySchema = z
  .string()
  .regex(/^[-._a-zA-Z0-9]{1,253}$/, 'expected a key: letters, digits, dashes, dots, underscores');

/** Name of a Secret or ConfigMap. */
export const objectNameSchema = objectName;

/**
 * One value of a Secret in the namespace of whatever uses it. There is no option for the value itself, so that none can
 * get into a file.
 */
export const secretRefSchema = z.strictObject({ name: objectName, key: dataKeySchema });

/** One value of a Secret. */
export type SecretRef = z.output<typeof secretRefSchema>;

/** A value that is written down, or one of a ConfigMap that somebody else keeps. */
export const valueOrConfigMapRefSchema = z.union([
  z.string().min(1),
  z.strictObject({ configMap: objectName, key: dataKeySchema }),
]);

/** A value, or where it is. */
export type ValueOrConfigMapRef = z.output<typeof valueOrConfigMapRefSchema>;

/** Variable with a Secret's value. */
export function secretVariable(name: string, { name: secret, key }: SecretRef): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

/** Variable with a value, or with one of a ConfigMap. */
export function valueVariable(name: string, value: ValueOrConfigMapRef): k8s.EnvVar {
  if (typeof value === 'string') return { name, value };
  return { name, valueFrom: { configMapKeyRef: { name: value.configMap, key: value.key } } };
}
