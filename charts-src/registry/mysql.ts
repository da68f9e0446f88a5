import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { podsIn, tcp } from '../kubernetes/network-peers';
import { secretVariable } from '../kubernetes/secret-ref';
import { type DatabaseAccess, dsnVariable, mysqlDsn } from './database';
import type { OptionsOf } from './database-options';
import { addDatabaseServer, databaseCredentials, type DatabaseProps } from './database-server';
import { databaseNames } from './names';

const port = 3306;

/** MySQL for one registry. */
export class Mysql extends Construct {
  readonly access: DatabaseAccess;

  constructor(scope: Construct, id: string, props: DatabaseProps<OptionsOf<'mysql'>>) {
    super(scope, id);
    const { registry, options } = props;
    const names = databaseNames(registry, 'mysql');
    const { namespace } = registry;
    const credentials = databaseCredentials(this, props, names);
    const { username, password, adminPassword } = credentials.refs;
    new k8s.KubeConfigMap(this, 'Parameters', {
      metadata: { name: names.parameters, namespace },
      data: { MYSQL_DATABASE: options.database, MYSQL_PORT: String(port) },
    });
    const user = [secretVariable('MYSQL_USER', username), secretVariable('MYSQL_PASSWORD', password)];
    addDatabaseServer(this, props, {
      names,
      port: { name: 'dbapi', number: port },
      user: 999,
      args: ['--datadir', '/var/lib/mysql/datadir'],
      env: [...user, secretVariable('MYSQL_ROOT_PASSWORD', adminPassword)],
      mountPath: '/var/lib/mysql',
      writable: ['/tmp', '/var/run/mysqld'],
      // By the variable, not by an argument that everybody on the node can read.
      ping: [
        '/bin/bash',
        '-c',
        'MYSQL_PWD="$MYSQL_PASSWORD" mysql -h 127.0.0.1 -D "$MYSQL_DATABASE" -u "$MYSQL_USER" -e "SELECT 1"',
      ],
      externalSecret: credentials.external,
    });
    this.access = {
      args: ['--datastore-type=$(MODEL_REGISTRY_DATA_STORE_TYPE)'],
      env: [...user, { name: dsnVariable, value: mysqlDsn('MYSQL_USER', 'MYSQL_PASSWORD', names.database) }],
      envFrom: [names.parameters],
      port,
      egress: [{ to: [podsIn(namespace, names.selector)], ports: [tcp(port)] }],
      external: credentials.external === undefined ? [] : [`Secret/${credentials.external}`],
    };
  }
}
