import { Construct } from 'constructs';
import { ConfigError } from '../../definitions/config/parse-config';
import type { GeneratorProps } from '../secrets/generated-secret';
import type { DatabaseAccess } from './database';
import { externalDatabase } from './external-database';
import { Mysql } from './mysql';
import type { RegistryOptions } from './options';
import { Postgres } from './postgres';
import { addServer, type RegistryClient } from './server';

/** References of the images of a registry. */
export interface RegistryImages {
  readonly server: string;
  readonly mysql: string;
  readonly postgres: string;
  /** Ours, for the Job that generates credentials. */
  readonly slipway: string;
}

export interface RegistryProps {
  readonly options: RegistryOptions;
  readonly images: RegistryImages;
  readonly addressAnnotation: string;
  readonly clients: readonly RegistryClient[];
}

/** A Model Registry: its server and, unless it is somebody else's, its database. */
export class Registry extends Construct {
  constructor(scope: Construct, id: string, { options, images, addressAnnotation, clients }: RegistryProps) {
    super(scope, id);
    refuseOpenMesh(options);
    const database = this.database(options, images);
    addServer(this, { options, image: images.server, database, addressAnnotation, clients });
  }

  private database(registry: RegistryOptions, images: RegistryImages): DatabaseAccess {
    const { database: options, networkPolicy } = registry;
    const generator: GeneratorProps = {
      image: images.slipway,
      ...(networkPolicy === undefined ? {} : { apiServer: networkPolicy.apiServer }),
    };
    switch (options.engine) {
      case 'mysql':
        return new Mysql(this, 'Database', { registry, options, image: images.mysql, generator }).access;
      case 'postgres':
        return new Postgres(this, 'Database', { registry, options, image: images.postgres, generator }).access;
      default:
        return externalDatabase(options, registry.name);
    }
  }
}

function refuseOpenMesh({ name, mesh, networkPolicy }: RegistryOptions): void {
  if (mesh?.whoeverThePolicyAdmits !== true || networkPolicy !== undefined) return;
  throw new ConfigError(`registry ${name}`, [
    'mesh.whoeverThePolicyAdmits: got true without networkPolicy, allowed: false, or a networkPolicy that says who is admitted',
  ]);
}
