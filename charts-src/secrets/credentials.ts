import { Construct } from 'constructs';
import { ConfigError } from '../../definitions/config/parse-config';
import {
  ExternalSecret,
  ExternalSecretSpecDataRemoteRefConversionStrategy,
  ExternalSecretSpecDataRemoteRefDecodingStrategy,
  ExternalSecretSpecDataRemoteRefMetadataPolicy,
  ExternalSecretSpecSecretStoreRefKind,
  ExternalSecretSpecTargetCreationPolicy,
} from '../../imports/external-secrets.io';
import { SealedSecret } from '../../imports/bitnami.com';
import type { SecretRef } from '../kubernetes/secret-ref';
import type { CredentialsSource } from './credentials-options';
import { GeneratedSecret, type GeneratorProps } from './generated-secret';

/** Where workloads find a database's credentials. */
export interface CredentialRefs {
  readonly username: SecretRef;
  readonly password: SecretRef;
  readonly adminPassword: SecretRef;
}

export interface CredentialsProps {
  /** Name of the Secret, unless it exists already under its own. */
  readonly name: string;
  readonly namespace: string;
  readonly source: CredentialsSource;
  /** What a Job that generates them needs. */
  readonly generator: GeneratorProps;
}

const keys = { username: 'username', password: 'password', adminPassword: 'admin-password' } as const;

/** A database's credentials, and whatever brings them into the cluster. */
export class Credentials extends Construct {
  readonly refs: CredentialRefs;
  /** Name of the Secret when somebody outside of the environment keeps it. */
  readonly external: string | undefined;

  constructor(scope: Construct, id: string, { name, namespace, source, generator }: CredentialsProps) {
    super(scope, id);
    const metadata = { name, namespace };
    this.refs = refsTo(name, keys);
    this.external = undefined;
    switch (source.from) {
      case 'existing':
        this.refs = refsTo(source.secret, source.keys);
        this.external = source.secret;
        return;
      case 'generated':
        new GeneratedSecret(this, 'Generated', {
          ...metadata,
          ...generator,
          values: { [keys.username]: source.username },
          passwords: [keys.password, keys.adminPassword],
        });
        return;
      case 'external-secret':
        new ExternalSecret(this, 'ExternalSecret', {
          metadata,
          spec: {
            refreshInterval: source.refreshInterval,
            secretStoreRef: { name: source.store.name, kind: storeKinds[source.store.kind] },
            target: { name, creationPolicy: ExternalSecretSpecTargetCreationPolicy.OWNER },
            data: Object.values(keys).map((key) => ({
              secretKey: key,
              remoteRef: {
                key: source.entry,
                property: key,
                // The API server adds these three, and a structured-merge diff (Argo CD's) compares whole lists.
                conversionStrategy: ExternalSecretSpecDataRemoteRefConversionStrategy.DEFAULT,
                decodingStrategy: ExternalSecretSpecDataRemoteRefDecodingStrategy.NONE,
                metadataPolicy: ExternalSecretSpecDataRemoteRefMetadataPolicy.NONE,
              },
            })),
          },
        });
        return;
      case 'sealed-secret':
        refuseOtherKeys(name, Object.keys(source.encryptedData));
        new SealedSecret(this, 'SealedSecret', {
          metadata,
          spec: { encryptedData: { ...source.encryptedData }, template: { metadata: { name, namespace } } },
        });
    }
  }
}

const storeKinds = {
  SecretStore: ExternalSecretSpecSecretStoreRefKind.SECRET_STORE,
  ClusterSecretStore: ExternalSecretSpecSecretStoreRefKind.CLUSTER_SECRET_STORE,
} as const;

function refsTo(name: string, of: Readonly<Record<keyof CredentialRefs, string>>): CredentialRefs {
  return {
    username: { name, key: of.username },
    password: { name, key: of.password },
    adminPassword: { name, key: of.adminPassword },
  };
}

function refuseOtherKeys(secret: string, got: readonly string[]): void {
  const wanted = Object.values(keys);
  if (wanted.every((key) => got.includes(key)) && got.length === wanted.length) return;
  throw new ConfigError(`sealed secret ${secret}`, [
    `encryptedData: got the keys ${got.join(', ') || 'none'}, expected ${wanted.join(', ')}`,
  ]);
}
