import { registryServerLabel } from '../../definitions/names/model-registry';
import { ConfigError } from '../../definitions/config/parse-config';
import { defaultRegistryName, type RegistryOptions } from './options';

/** Names of all objects of one Model Registry. */
export interface RegistryNames {
  readonly service: string;
  readonly configMap: string;
  readonly deployment: string;
  readonly serviceAccount: string;
  readonly networkPolicy: string;
  /** VirtualService; the other objects of the mesh are named after the Service. */
  readonly virtualService: string;
  /** Labels that the server's pods have and no others of the namespace. */
  readonly selector: Readonly<Record<string, string>>;
}

/** Names of a database that we bring. They have the engine in them: one must never be put in place of the other. */
export interface DatabaseNames {
  /** Deployment, Service and NetworkPolicy. */
  readonly database: string;
  readonly parameters: string;
  readonly secret: string;
  readonly initialization: string;
  readonly volumeClaim: string;
  readonly selector: Readonly<Record<string, string>>;
}

/** Upstream's names for the default name. */
export function registryNames({ name }: Pick<RegistryOptions, 'name'>): RegistryNames {
  const service = `${name}-service`;
  const legacy = { [registryServerLabel.key]: registryServerLabel.value };
  return {
    service,
    configMap: `${name}-configmap`,
    deployment: `${name}-deployment`,
    serviceAccount: `${name}-server`,
    networkPolicy: `${name}-server`,
    virtualService: name,
    // Upstream's selector can't be changed where it is installed; beside it a further registry needs one of its own.
    selector: name === defaultRegistryName ? legacy : { ...legacy, 'app.kubernetes.io/instance': service },
  };
}

/** Names of the database of a registry. */
export function databaseNames({ name }: Pick<RegistryOptions, 'name'>, engine: 'mysql' | 'postgres'): DatabaseNames {
  const database = `${name}-db-${engine}`;
  return {
    database,
    parameters: `${database}-parameters`,
    secret: `${database}-secrets`,
    initialization: `${database}-initialization`,
    volumeClaim: name === defaultRegistryName ? `metadata-${engine}` : `${name}-metadata-${engine}`,
    selector: { component: 'db', 'app.kubernetes.io/name': engine, 'app.kubernetes.io/instance': database },
  };
}

/** Folder below the environment's: that of the registry everybody has is short. */
export function registryDirectory({ name, namespace }: Pick<RegistryOptions, 'name' | 'namespace'>): string {
  const elsewhere = namespace === 'kubeflow' ? [] : [namespace];
  return ['registry', ...elsewhere, ...(name === defaultRegistryName ? [] : [name])].join('-');
}

/**
 * Upstream's selector takes in the pods of every registry of its namespace.
 *
 * @throws ConfigError when registries would get each other's traffic, or have one folder
 */
export function refuseSharedSelectors(registries: readonly Pick<RegistryOptions, 'name' | 'namespace'>[]): void {
  for (const { name, namespace } of registries) {
    const beside = registries.filter((other) => other.namespace === namespace);
    if (name === defaultRegistryName && beside.length > 1) {
      throw new ConfigError('registries', [
        `name: got ${name} beside ${beside.length - 1} more in namespace ${namespace}, allowed: another name, or another namespace`,
      ]);
    }
  }
  const directories = registries.map(registryDirectory);
  const twice = directories.find((directory, index) => directories.indexOf(directory) !== index);
  if (twice === undefined) return;
  throw new ConfigError('registries', [`name: got two that are rendered into ${twice}, allowed: different names`]);
}
