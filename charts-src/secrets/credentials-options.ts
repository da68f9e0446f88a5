import * as z from 'zod';
import { dataKeySchema as dataKey, objectNameSchema } from '../kubernetes/secret-ref';

/** Where the credentials of a database come from. None of the ways has the password itself in a file. */
export const credentialsSchema = z.discriminatedUnion('from', [
  z.strictObject({
    /** A Secret that somebody else keeps. */
    from: z.literal('existing'),
    secret: objectNameSchema,
    /** Its keys. */
    keys: z
      .strictObject({
        username: dataKey.default('username'),
        password: dataKey.default('password'),
        /** Of the database's own administrator; asked for only where we bring the database. */
        adminPassword: dataKey.default('admin-password'),
      })
      .prefault({}),
  }),
  z.strictObject({
    /** Made in the cluster by a Job, once; what is there already is never overwritten. */
    from: z.literal('generated'),
    username: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,31}$/, 'expected at most 32 lower-case letters, digits, underscores')
      .default('modelregistry'),
  }),
  z.strictObject({
    /** Fetched by the External Secrets operator: properties `username`, `password`, `admin-password` of one entry. */
    from: z.literal('external-secret'),
    store: z.strictObject({
      name: objectNameSchema,
      kind: z.enum(['SecretStore', 'ClusterSecretStore']).default('ClusterSecretStore'),
    }),
    /** Entry of the store. */
    entry: z.string().min(1),
    refreshInterval: z
      .string()
      .regex(/^[0-9]+[smh]$/, 'expected a duration such as 1h')
      .default('1h'),
  }),
  z.strictObject({
    /** Decrypted by the Sealed Secrets controller. */
    from: z.literal('sealed-secret'),
    /** What `kubeseal` printed for each key: `username`, `password`, `admin-password`. */
    encryptedData: z.record(
      dataKey,
      z.string().regex(/^Ag[A-Za-z0-9+/=]{100,}$/, 'expected what kubeseal printed: base64 that begins with Ag'),
    ),
  }),
]);

/** Where credentials come from. */
export type CredentialsSource = z.output<typeof credentialsSchema>;
