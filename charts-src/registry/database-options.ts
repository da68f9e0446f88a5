import * as z from 'zod';
import { quantity } from '../../definitions/kubernetes/quantity';
import { dnsLabel } from '../kubernetes/dns-label';
import { addressesSchema, port } from '../kubernetes/network-peers';
import { resourcesSchema } from '../kubernetes/resources';
import { objectNameSchema, secretRefSchema, valueOrConfigMapRefSchema } from '../kubernetes/secret-ref';
import { credentialsSchema } from '../secrets/credentials-options';

/** A disk for a database's files. */
export const storageSchema = (size: string) =>
  z
    .strictObject({
      size: quantity.default(size),
      /** Absent: the cluster's default class. */
      storageClass: dnsLabel.exactOptional(),
    })
    .prefault({});

const databaseName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'expected at most 63 lower-case letters, digits, underscores');

const ours = {
  /** Name of the database. */
  database: databaseName.default('metadb'),
  storage: storageSchema('10Gi'),
  credentials: credentialsSchema.prefault({ from: 'generated' }),
  resources: resourcesSchema({ cpu: '250m', memory: '512Mi', limit: '1Gi' }),
};

const tlsFile = z.union([secretRefSchema, z.strictObject({ configMap: objectNameSchema, key: z.string().min(1) })]);

const tlsSchema = z.strictObject({
  /**
   * `verify-full`: the server's certificate is checked, and that it is the server's. `verify-ca` and `require` check less; PostgreSQL
   * only.
   */
  mode: z.enum(['disable', 'require', 'verify-ca', 'verify-full']).default('verify-full'),
  /** Authority of the server's certificate. Absent: those of the image. */
  rootCertificate: tlsFile.exactOptional(),
  /** Certificate and key that the client shows. */
  client: z.strictObject({ certificate: secretRefSchema, key: secretRefSchema }).exactOptional(),
});

const external = {
  tls: tlsSchema.prefault({}),
  /** Where the database is, for the NetworkPolicy. */
  addresses: z.array(addressesSchema).default([]),
};

/** Options of a registry's database. */
export const databaseSchema = z.discriminatedUnion('engine', [
  /** MySQL, brought by us. */
  z.strictObject({ engine: z.literal('mysql'), ...ours }),
  /** PostgreSQL, brought by us. */
  z.strictObject({ engine: z.literal('postgres'), ...ours }),
  /** A MySQL of somebody else. */
  z.strictObject({
    engine: z.literal('external-mysql'),
    host: valueOrConfigMapRefSchema,
    port: z.union([port, z.strictObject({ configMap: objectNameSchema, key: z.string().min(1) })]).default(3306),
    database: valueOrConfigMapRefSchema,
    username: secretRefSchema,
    password: secretRefSchema,
    ...external,
  }),
  /** A PostgreSQL of somebody else. */
  z.strictObject({
    engine: z.literal('external-postgres'),
    host: z.string().min(1),
    port: port.default(5432),
    database: databaseName,
    username: secretRefSchema,
    password: secretRefSchema,
    ...external,
  }),
  /** A database of somebody else, of which a Secret has the whole connection string. */
  z.strictObject({
    engine: z.literal('external-dsn'),
    type: z.enum(['mysql', 'postgres']),
    dsn: secretRefSchema,
    ...external,
  }),
]);

/** Options of a registry's database, with every default applied. */
export type DatabaseOptions = z.output<typeof databaseSchema>;

/** Options of one engine. */
export type OptionsOf<Engine extends DatabaseOptions['engine']> = Extract<DatabaseOptions, { engine: Engine }>;

/** How the connection is protected. */
export type DatabaseTls = z.output<typeof tlsSchema>;
