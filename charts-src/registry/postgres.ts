import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { podsIn, tcp } from '../kubernetes/network-peers';
import { secretVariable } from '../kubernetes/secret-ref';
import { type DatabaseAccess, dsnVariable } from './database';
import type { OptionsOf } from './database-options';
import { addDatabaseServer, databaseCredentials, type DatabaseProps } from './database-server';
import { databaseNames } from './names';
import { applicationRoleFile, applicationRoleScript, initializationDirectory } from './postgres-initialization';

const port = 5432;

/** PostgreSQL for one registry. */
export class Postgres extends Construct {
  readonly access: DatabaseAccess;

  constructor(scope: Construct, id: string, props: DatabaseProps<OptionsOf<'postgres'>>) {
    super(scope, id);
    const { registry, options } = props;
    const names = databaseNames(registry, 'postgres');
    const { namespace } = registry;
    const credentials = databaseCredentials(this, props, names);
    const { username, password, adminPassword } = credentials.refs;
    new k8s.KubeConfigMap(this, 'Parameters', {
      metadata: { name: names.parameters, namespace },
      data: { POSTGRES_DB: options.database, POSTGRES_HOST: names.database, POSTGRES_PORT: String(port) },
    });
    new k8s.KubeConfigMap(this, 'Initialization', {
      metadata: { name: names.initialization, namespace },
      data: { [applicationRoleFile]: applicationRoleScript },
    });
    addDatabaseServer(this, props, {
      names,
      port: { name: 'postgres', number: port },
      user: 70,
      env: [
        { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
        { name: 'POSTGRES_USER', value: 'postgres' },
        secretVariable('POSTGRES_PASSWORD', adminPassword),
        secretVariable('APPLICATION_USER', username),
        secretVariable('APPLICATION_PASSWORD', password),
      ],
      mountPath: '/var/lib/postgresql/data',
      writable: ['/tmp', '/var/run/postgresql'],
      // Any user and database: it asks for no login.
      ping: ['pg_isready', '--host=127.0.0.1', `--port=${port}`],
      volumes: [{ name: 'initialization', configMap: { name: names.initialization } }],
      volumeMounts: [{ name: 'initialization', mountPath: initializationDirectory, readOnly: true }],
      externalSecret: credentials.external,
    });
    this.access = {
      args: ['--datastore-type=embedmd', '--embedmd-database-type=postgres'],
      env: [
        ...passwordApart(username, password),
        // Inside one pod network; the policy lets nobody else near. External databases are asked for TLS.
        { name: dsnVariable, value: 'postgresql://$(POSTGRES_HOST):$(POSTGRES_PORT)/$(POSTGRES_DB)?sslmode=disable' },
      ],
      envFrom: [names.parameters],
      port,
      egress: [{ to: [podsIn(namespace, names.selector)], ports: [tcp(port)] }],
      external: credentials.external === undefined ? [] : [`Secret/${credentials.external}`],
    };
  }
}

/**
 * The variables that the server's driver reads beside the connection string: a password needs no escaping there, whatever is in it, and
 * is not in the string that the server logs.
 */
export function passwordApart(
  username: Parameters<typeof secretVariable>[1],
  password: Parameters<typeof secretVariable>[1],
): readonly k8s.EnvVar[] {
  return [secretVariable('PGUSER', username), secretVariable('PGPASSWORD', password)];
}
