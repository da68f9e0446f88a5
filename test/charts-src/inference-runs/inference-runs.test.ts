import { load } from 'js-yaml';
import { mapAt, mapsAt, textOf } from '../../../charts-src/kubernetes/manifest';
import { inferenceRunsConfigSchema } from '../../../definitions/config/inference-runs';
import { inferenceRunsVariables } from '../../../definitions/config/inference-runs-variables';
import { parseConfig } from '../../../definitions/config/parse-config';
import { inferenceRunsPermissions } from '../../../definitions/permissions/inference-runs';
import { containerOf, inferenceRunsObjects, namesOf, objectOf } from './rendered-inference-runs';

describe('the controller of inference runs', () => {
  it('has the names of upstream’s chart, in its namespace', () => {
    const objects = inferenceRunsObjects({ upstreamVariables: true });
    expect(namesOf(objects, 'ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Deployment')).toEqual(
      [
        'ConfigMap kserve-controller-system/kserve-controller',
        'ConfigMap kserve-controller-system/kserve-controller-config',
        'Deployment kserve-controller-system/kserve-controller',
        'Role kserve-controller-system/kserve-controller-leader-election',
        'Role kserve-controller-system/kserve-controller-manager',
        'RoleBinding kserve-controller-system/kserve-controller-leader-election',
        'RoleBinding kserve-controller-system/kserve-controller-manager',
        'ServiceAccount kserve-controller-system/kserve-controller',
        'ServiceAccount kserve-controller-system/kserve-controller-runners',
      ].sort(),
    );
    expect(containerOf(objects)).toMatchObject({ name: 'kserve-controller' });
  });

  it('can be installed twice, under another name', () => {
    const first = inferenceRunsObjects({ name: 'a' });
    const second = inferenceRunsObjects({ name: 'b' });
    const names = [...first, ...second].map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('serves metrics where its Service leads to, and has no way in from outside (H-03)', () => {
    for (const metrics of ['http', 'https'] as const) {
      const objects = inferenceRunsObjects({ metrics });
      const [port = {}] = mapsAt(mapAt(objectOf(objects, 'Service', 'kserve-controller-metrics'), 'spec'), 'ports');
      const listened = mapsAt(containerOf(objects), 'ports').map(({ containerPort }) => containerPort);
      expect(listened).toContain(port['targetPort']);
      expect(containerOf(objects)['args']).toContain(`--metrics-bind-address=:${textOf(port['port'])}`);
      expect(namesOf(objects, 'Ingress', 'HTTPRoute')).toEqual([]);
    }
  });

  it('holds a lease however many replicas there are, and has a budget from two on (H-04)', () => {
    for (const replicas of [1, 2]) {
      const objects = inferenceRunsObjects({ replicas });
      expect(containerOf(objects)['args']).toContain('--leader-elect');
      expect(namesOf(objects, 'PodDisruptionBudget')).toHaveLength(replicas - 1);
    }
  });

  it('brings notebooks only when it is asked to, where it is asked to (H-05, H-07)', () => {
    const names = ['kserveinput', 'kserveoutput', 'sklearninput', 'sklearnoutput', 'tritoninput', 'tritonoutput'];
    expect(namesOf(inferenceRunsObjects({ notebooks: { namespace: 'finops' } }), 'Notebook')).toEqual(
      names.map((name) => `Notebook finops/${name}`),
    );
  });

  it('needs no Notebook of anybody (H-05), and says the namespace of everything that has one (H-06)', () => {
    const objects = inferenceRunsObjects();
    expect(namesOf(objects, 'Notebook')).toEqual([]);
    const without = objects.filter(({ metadata }) => metadata.namespace === undefined);
    expect(new Set(without.map(({ kind }) => kind))).toEqual(new Set(['ClusterRole', 'ClusterRoleBinding']));
  });

  it('runs where and under what the options say', () => {
    const toleration = { key: 'batch', operator: 'Exists' };
    const objects = inferenceRunsObjects({
      serviceAccountAnnotations: { 'example.com/role': 'controller' },
      pod: {
        labels: { team: 'data' },
        annotations: { 'example.com/note': 'x' },
        nodeSelector: { pool: 'system' },
        tolerations: [toleration],
        imagePullSecrets: ['registry'],
      },
    });
    const { template } = mapAt(objectOf(objects, 'Deployment', 'kserve-controller'), 'spec');
    expect(template).toMatchObject({
      metadata: { labels: { team: 'data' }, annotations: { 'example.com/note': 'x' } },
      spec: {
        nodeSelector: { pool: 'system' },
        tolerations: [toleration],
        imagePullSecrets: [{ name: 'registry' }],
      },
    });
    expect(objectOf(objects, 'ServiceAccount', 'kserve-controller').metadata.annotations).toEqual({
      'example.com/role': 'controller',
    });
  });
});

describe('its settings', () => {
  const settings = { workers: 4, pollingSeconds: 60, inferenceServices: false };
  const expected = {
    ...inferenceRunsConfigSchema.parse(settings),
    watchNamespaces: ['kserve-controller-system'],
    runnerServiceAccount: 'kserve-controller-runners',
    runnerImage: expect.stringMatching(/slipway/) as string,
  };

  it.each([false, true])('reach the process whole, with upstream’s variables: %s', (upstreamVariables) => {
    const objects = inferenceRunsObjects({ settings, upstreamVariables });
    const file = load(
      textOf(mapAt(objectOf(objects, 'ConfigMap', 'kserve-controller-config'), 'data')['inference-runs.yaml']),
    );
    const variables = upstreamVariables ? mapAt(objectOf(objects, 'ConfigMap', 'kserve-controller'), 'data') : {};
    const read = inferenceRunsVariables.map(({ name, parse }) =>
      variables[name] === undefined ? {} : parse(textOf(variables[name])),
    );
    expect(parseConfig(inferenceRunsConfigSchema, Object.assign({}, file, ...read), 'rendered')).toEqual(expected);
    expect(containerOf(objects)['envFrom']).toEqual(
      upstreamVariables ? [{ configMapRef: { name: 'kserve-controller' } }] : undefined,
    );
  });

  it('restart the pods when they change, as a file or as a variable', () => {
    const checksum = (options: Parameters<typeof inferenceRunsObjects>[0]) => {
      const { template } = mapAt(objectOf(inferenceRunsObjects(options), 'Deployment', 'kserve-controller'), 'spec');
      return JSON.stringify(template);
    };
    const templates = [
      checksum({}),
      checksum({ settings: { workers: 2 } }),
      checksum({ upstreamVariables: true }),
      checksum({ upstreamVariables: true, settings: { workers: 2 } }),
      checksum({ variables: { LOG_LEVEL: 'debug' } }),
      checksum({ variables: { LOG_LEVEL: 'error' } }),
    ];
    expect(new Set(templates).size).toBe(templates.length);
  });

  it.each(['MAX_RECONCILE_RATE', 'WATCH_NAMESPACE', 'METRICS_ADDR', 'LEADER_ELECT'])(
    'refuse the variable %s, which an option stands for',
    (variable) => {
      expect(() => inferenceRunsObjects({ variables: { [variable]: 'x' } })).toThrow(
        `variables.${variable}: an option stands for it`,
      );
    },
  );
});

describe('what it may do', () => {
  const rulesOf = (objects: ReturnType<typeof inferenceRunsObjects>, kind: string, namespace?: string) =>
    mapsAt(objectOf(objects, kind, 'kserve-controller-manager', namespace), 'rules');
  const allowed = (watchNamespaces: string[]) =>
    inferenceRunsPermissions({ watchNamespaces, inferenceServices: true })
      .filter(({ scope }) => scope !== 'own-namespace')
      .map(({ group, resource, verbs }) => ({ apiGroups: [group], resources: [resource], verbs: [...verbs] }));

  it('holds in the namespaces that it watches, and nowhere else', () => {
    const objects = inferenceRunsObjects({ watch: ['team-b', 'team-a'], metrics: 'http' });
    expect(namesOf(objects, 'Role', 'ClusterRole')).toEqual([
      'Role kserve-controller-system/kserve-controller-leader-election',
      'Role team-a/kserve-controller-manager',
      'Role team-b/kserve-controller-manager',
    ]);
    for (const namespace of ['team-a', 'team-b']) {
      expect(rulesOf(objects, 'Role', namespace)).toEqual(allowed([namespace]));
      expect(objectOf(objects, 'RoleBinding', 'kserve-controller-manager', namespace)['subjects']).toEqual([
        { kind: 'ServiceAccount', name: 'kserve-controller', namespace: 'kserve-controller-system' },
      ]);
    }
  });

  it('holds in the whole cluster only when it watches all of it', () => {
    const runners = { serviceAccount: { create: false } };
    const objects = inferenceRunsObjects({ watch: 'all', runners, metrics: 'http' });
    expect(namesOf(objects, 'Role', 'ClusterRole')).toEqual([
      'ClusterRole kserve-controller-manager',
      'Role kserve-controller-system/kserve-controller-leader-election',
    ]);
    expect(rulesOf(objects, 'ClusterRole')).toEqual(allowed([]));
  });

  it('makes no run and no config, and reads no Secret (H-09)', () => {
    for (const { resource, verbs } of inferenceRunsPermissions({ watchNamespaces: [], inferenceServices: true })) {
      expect(resource).not.toMatch(/secret/);
      if (/^inference(runs|configs)$/.test(resource)) expect(verbs).not.toContain('create');
    }
  });

  it('leaves InferenceServices alone where the settings say so', () => {
    const objects = inferenceRunsObjects({ settings: { inferenceServices: false } });
    expect(JSON.stringify(rulesOf(objects, 'Role'))).not.toContain('inferenceservices');
  });
});

describe('runners', () => {
  const accounts = (objects: ReturnType<typeof inferenceRunsObjects>) =>
    namesOf(objects, 'ServiceAccount').filter((name) => !name.endsWith('/kserve-controller'));

  it('have an account without a token and without any permission', () => {
    const objects = inferenceRunsObjects({ watch: ['team-a'] });
    expect(objectOf(objects, 'ServiceAccount', 'kserve-controller-runners')).toMatchObject({
      metadata: { namespace: 'team-a' },
      automountServiceAccountToken: false,
    });
    expect(namesOf(objects, 'Role', 'RoleBinding').filter((name) => name.endsWith('-runners'))).toEqual([]);
  });

  it.each([{ name: 'mine' }, {}, { create: false, name: 'theirs' }])(
    'are bound under the name of their account, whatever that is: %j (H-01, H-02)',
    (serviceAccount) => {
      const objects = inferenceRunsObjects({
        watch: ['team-a', 'team-b'],
        upstreamVariables: true,
        runners: { serviceAccount, secretNames: ['endpoint'] },
      });
      const account = serviceAccount.name ?? 'kserve-controller-runners';
      for (const namespace of ['team-a', 'team-b']) {
        expect(objectOf(objects, 'RoleBinding', 'kserve-controller-runners', namespace)['subjects']).toEqual([
          { kind: 'ServiceAccount', name: account, namespace },
        ]);
        expect(objectOf(objects, 'Role', 'kserve-controller-runners', namespace)['rules']).toEqual([
          { apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: ['endpoint'] },
        ]);
      }
      expect(accounts(objects)).toEqual(
        serviceAccount.create === false ? [] : [`ServiceAccount team-a/${account}`, `ServiceAccount team-b/${account}`],
      );
      expect(mapAt(objectOf(objects, 'ConfigMap', 'kserve-controller'), 'data')['SA_RUNNER']).toBe(account);
    },
  );

  it('have an account where the options say, when all namespaces are watched', () => {
    expect(() => inferenceRunsObjects({ watch: 'all' })).toThrow(
      'runners.namespaces: got none beside watch: all, name the namespaces',
    );
    expect(accounts(inferenceRunsObjects({ watch: 'all', runners: { namespaces: ['team-a'] } }))).toEqual([
      'ServiceAccount team-a/kserve-controller-runners',
    ]);
  });

  it('run as the default account when there is no other', () => {
    const runners = { serviceAccount: { create: false } };
    const objects = inferenceRunsObjects({ runners, upstreamVariables: true });
    expect(mapAt(objectOf(objects, 'ConfigMap', 'kserve-controller'), 'data')).not.toHaveProperty('SA_RUNNER');
  });

  it('talk to models, endpoints, storage and nobody else', () => {
    const networkPolicy = {
      apiServer: [{ cidr: '10.0.0.1/32', ports: [6443] }],
      runners: {
        models: [{ namespace: 'models' }],
        endpoints: [{ namespace: 'krateo-system', labels: { app: 'database-handler' }, port: 8088 }],
        addresses: [{ cidr: '10.1.0.0/16', ports: [443] }],
      },
    };
    const egress = (secretNames: string[]) => {
      const objects = inferenceRunsObjects({ watch: ['team-a'], networkPolicy, runners: { secretNames } });
      const policy = objectOf(objects, 'NetworkPolicy', 'kserve-controller-runners', 'team-a');
      return mapsAt(mapAt(policy, 'spec'), 'egress');
    };
    const [dns, ...others] = egress([]);
    expect(JSON.stringify(dns)).toContain('kube-system');
    const everybody = [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'models' } },
            podSelector: { matchExpressions: [{ key: 'serving.kserve.io/inferenceservice', operator: 'Exists' }] },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'krateo-system' } },
            podSelector: { matchLabels: { app: 'database-handler' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8088 }],
      },
      { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ protocol: 'TCP', port: 443 }] },
    ];
    expect(others).toEqual(everybody);
    expect(egress(['endpoint']).slice(1)).toEqual([
      ...everybody,
      { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
    ]);
  });
});
