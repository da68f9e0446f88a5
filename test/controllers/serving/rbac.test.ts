import { request as httpsRequest } from 'node:https';
import { servingConfigMap, servingGroup, servingLease } from '../../../definitions/names/serving';
import { permissionText, Roles } from '../../cluster/role-permissions';
import { waitFor } from '../../cluster/wait-for';
import type { ControllerProcess } from '../registry-sync/controller-process';
import { type Scenario, Scenarios } from './rbac-scenarios';
import { inferenceServiceOf, ServingInstallation } from './serving-installation';

/**
 * Least privilege, proved from both sides: something breaks without any single permission of the rendered roles and mends itself when
 * it is given back, and nothing else was ever asked for.
 */
let installation: ServingInstallation;
let scenarios: Scenarios;
let roles: Roles;

const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', group: 'rbac.authorization.k8s.io' };
const settings = { webhooks: { enabled: false } };
const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: servingLease, namespace: 'kserve' },
};

beforeAll(async () => {
  installation = await ServingInstallation.make({
    kubelet: {
      fateOf: ({ metadata }) =>
        metadata.labels?.['fate'] === 'unschedulable'
          ? { fate: 'unschedulable', message: '0/3 nodes are available' }
          : { fate: 'serves' },
    },
  });
  installation.expectsRefusals = true;
  await installation.cluster.installForeignCrds('gateway-api');
  await installation.cluster.create({
    apiVersion: rbac.apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'prometheus-reads-metrics' },
    roleRef: { apiGroup: rbac.group, kind: 'ClusterRole', name: 'kserve-metrics-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'kserve' }],
  });
  scenarios = new Scenarios(installation);
  roles = new Roles(installation.cluster, installation.user, [
    { apiVersion: rbac.apiVersion, kind: 'ClusterRole', metadata: { name: 'kserve-manager-role' } },
    { apiVersion: rbac.apiVersion, kind: 'ClusterRole', metadata: { name: 'kserve-proxy-role' } },
    {
      apiVersion: rbac.apiVersion,
      kind: 'Role',
      metadata: { name: 'kserve-leader-election-role', namespace: 'kserve' },
    },
  ]);
}, 120_000);

afterAll(() => installation?.close());

/** What only webhooks need has tests of its own: rbac-webhooks.test.ts. */
const isOfWebhooks = (permission: string) =>
  /^(admissionregistration[.]k8s[.]io\/|\/secrets (create|update)|serving[.]kserve[.]io\/localmodel)/.test(permission);

/** The API server checks `create` of an apply that makes an object when it has already let the patch in, and logs the patch. */
const loggedAs = (need: string) => {
  const [resource = '', verb = ''] = need.split(' ');
  return `${resource} ${verb === 'create' && appliedKinds.includes(resource) ? 'patch' : verb}`;
};
const appliedKinds: readonly string[] = [
  'apps/deployments',
  '/services',
  'autoscaling/horizontalpodautoscalers',
  'networking.k8s.io/ingresses',
  'gateway.networking.k8s.io/httproutes',
];

const asked = async (mark = { offset: 0 }) =>
  (await installation.cluster.audit.since(mark, { user: installation.user })).map((event) => {
    const { group, resource = '', subresource, verb, code, name } = event;
    const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
    return { resource: `${group}/${whole}`, verb, name, code };
  });

/** Does something without a permission, and waits for the API server to refuse exactly that, `besides` apart. */
async function refused(need: string, act: () => Promise<unknown>, besides: readonly string[] = []): Promise<void> {
  const mark = await installation.cluster.audit.mark();
  await act();
  const refusals = async () => {
    const all = (await asked(mark))
      .filter(({ code }) => code === 403)
      .map(({ resource, verb }) => `${resource} ${verb}`);
    return new Set(all.filter((one) => !besides.includes(one)));
  };
  await waitFor(`${need} to be refused`, async () => (await refusals()).size > 0, { timeout: 30_000, interval: 50 });
  expect([...(await refusals())]).toEqual([loggedAs(need)]);
}

const isReady = async ({ health }: ControllerProcess) => (await fetch(`${health}/readyz`)).status === 200;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const needsOf = (all: readonly Scenario[]) =>
  all.flatMap((scenario) => scenario.needs.map((need) => ({ need, scenario })));

/** Names alone, for tables of tests are made before there is an installation. */
const named = new Scenarios(undefined as never);

describe('a controller that runs', () => {
  let controller: ControllerProcess;

  beforeAll(async () => {
    controller = await installation.start({ settings });
    await waitFor('ready', () => isReady(controller));
  });
  afterAll(() => controller?.end());

  it.each(needsOf(named.all).map(({ need, scenario }) => [need, scenario.name] as const))(
    'needs %s or no longer %s',
    async (need, name) => {
      const scenario = scenarios.all.find((one) => one.name === name);
      if (scenario === undefined) throw new Error(`no scenario ${name}`);
      const namespace = await installation.cluster.namespace('rbac');
      let reached: (() => Promise<boolean>) | undefined;
      await roles.without(need, async () => {
        await refused(need, async () => {
          reached = await scenario.act(namespace);
        });
        expect(await reached?.()).toBe(false);
      });
      if (scenario.lost !== true) await waitFor('what was refused', async () => reached?.(), { timeout: 40_000 });
      await installation.cluster.remove(inferenceServiceOf(namespace, 'iris'));
    },
    90_000,
  );
});

/** Kinds that are listed, then watched; the last ones are done without where they are missing. */
const followed = [
  `${servingGroup}/inferenceservices`,
  `${servingGroup}/servingruntimes`,
  `${servingGroup}/clusterservingruntimes`,
  `${servingGroup}/clusterstoragecontainers`,
  'apps/deployments',
  '/services',
  'autoscaling/horizontalpodautoscalers',
  'networking.k8s.io/ingresses',
  '/pods',
  '/configmaps',
  'gateway.networking.k8s.io/httproutes',
];
const optionalKinds = ['gateway.networking.k8s.io/httproutes'];
const verbsOf = (kind: string) => {
  const name = kind === '/configmaps' ? ` ${servingConfigMap}` : '';
  return { list: `${kind} list${name}`, watch: `${kind} watch${name}` };
};

it.each(followed)(
  'a controller that starts is not ready before it may list %s, and asks to watch them',
  async (kind) => {
    const { list, watch } = verbsOf(kind);
    let controller: ControllerProcess | undefined;
    const ready = () => controller !== undefined && isReady(controller);
    await roles.without(watch, async () => {
      await roles.without(list, async () => {
        await refused(list, async () => (controller = await installation.start({ settings })));
        if (!optionalKinds.includes(kind)) expect(await ready()).toBe(false);
      });
      await refused(watch, () => waitFor('ready', ready, { timeout: 30_000 }));
    });
    await controller?.end('SIGKILL');
  },
  90_000,
);

/** All of a namespace are watched: only one that has not been seen yet is found when its name is taken. */
const seenLater = [
  ['ingresses', 'networking.k8s.io/ingresses', false],
  ['httproutes', 'gateway.networking.k8s.io/httproutes', true],
] as const;

it.each(seenLater)(
  'a controller needs to get %s to say that a name was taken a moment ago',
  async (plural, kind, enableGatewayApi) => {
    const namespace = await installation.cluster.namespace('rbac');
    const { watch } = verbsOf(kind);
    await scenarios.configure('ingress', { enableGatewayApi });
    await roles.without(watch, async () => {
      const controller = await installation.start({ settings });
      await refused(watch, () => waitFor('ready', () => isReady(controller), { timeout: 30_000 }));
      await scenarios.takeName(plural, namespace);
      let said: (() => Promise<boolean>) | undefined;
      await roles.without(`${kind} get`, async () => {
        await refused(`${kind} get`, async () => (said = await scenarios.taken(namespace)), [watch]);
        expect(await said?.()).toBe(false);
      });
      await waitFor('what was refused', async () => said?.(), { timeout: 40_000 });
      await controller.end('SIGKILL');
    });
    await scenarios.configure('ingress', { enableGatewayApi: false });
  },
  90_000,
);

describe('one that asks for its lease', () => {
  const elected = ({ log }: ControllerProcess) => log.some((line) => line.includes('lease acquired'));

  it.each([
    ['get', ` ${servingLease}`, true],
    ['create', '', false],
    ['update', ` ${servingLease}`, true],
  ])(
    'needs to %s it',
    async (verb, suffix, exists) => {
      await installation.cluster.remove(lease);
      if (exists) await installation.cluster.create({ ...lease, spec: { holderIdentity: '' } } as typeof lease);
      const need = `coordination.k8s.io/leases ${verb}${suffix}`;
      let controller: ControllerProcess | undefined;
      await roles.without(need, async () => {
        await refused(need, async () => {
          controller = await installation.start({ settings, args: ['--leader-elect'] });
        });
        expect(controller !== undefined && elected(controller)).toBe(false);
      });
      await waitFor('the lease', () => controller !== undefined && elected(controller));
      await controller?.end();
    },
    60_000,
  );
});

it('needs to count events that come again', async () => {
  const controller = await installation.start({ settings });
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: servingConfigMap, namespace: 'kserve' } };
  const write = (ingress: string) => installation.cluster.patch(configMap, { data: { ingress } });
  const told = async () => (await installation.eventsOn(configMap)).length;
  const { data } = (await installation.cluster.get(configMap)) as unknown as { data: { ingress: string } };
  const before = await told();
  await write('{');
  await waitFor('an event', async () => (await told()) > before);
  const need = 'events.k8s.io/events patch';
  await roles.without(need, async () => {
    await write(data.ingress);
    await pause(300);
    await write('{');
    await pause(300);
    await refused(need, () => controller.end());
  });
  await write(data.ingress);
}, 60_000);

describe('metrics for those who may', () => {
  it.each(['authentication.k8s.io/tokenreviews create', 'authorization.k8s.io/subjectaccessreviews create'])(
    'need %s',
    async (need) => {
      const controller = await installation.start({ settings, args: ['--metrics-secure=true'] });
      const { token } = await installation.cluster.serviceAccount('kserve', 'prometheus');
      await roles.without(need, async () => {
        let status: number | undefined;
        await refused(need, async () => (status = await scrape(controller.metrics, token)));
        expect(status).not.toBe(200);
      });
      await waitFor('200', async () => (await scrape(controller.metrics, token)) === 200);
      await controller.end();
    },
    60_000,
  );
});

describe('the rendered roles', () => {
  it('allow exactly what was asked for', async () => {
    const allowed = (await roles.permissions()).map(permissionText).filter((one) => !isOfWebhooks(one));
    const used = (await asked())
      .filter(({ resource, code }) => resource !== '/' && code !== 403)
      .flatMap(({ resource, verb, name, code }) => {
        const created = verb === 'patch' && code === 201 ? [`${resource} create`] : [];
        const own = `${resource} ${verb} ${name ?? servingName(resource)}`;
        return [allowed.includes(own) ? own : `${resource} ${verb}`, ...created];
      });
    expect([...new Set(used)].sort()).toEqual([...new Set(allowed)].sort());
  });

  it('hold nothing that no test here misses', async () => {
    const tested = [
      ...needsOf(named.all).map(({ need }) => need),
      ...seenLater.map(([, kind]) => `${kind} get`),
      ...followed.map(verbsOf).flatMap(({ list, watch }) => [list, watch]),
      ...['get', 'update'].map((verb) => `coordination.k8s.io/leases ${verb} ${servingLease}`),
      'coordination.k8s.io/leases create',
      'events.k8s.io/events patch',
      'authentication.k8s.io/tokenreviews create',
      'authorization.k8s.io/subjectaccessreviews create',
    ];
    const allowed = (await roles.permissions()).map(permissionText).filter((one) => !isOfWebhooks(one));
    expect(tested.sort()).toEqual([...allowed].sort());
  });
});

/** A list by field selector has no name in the log. */
const servingName = (resource: string) => (resource === '/configmaps' ? 'inferenceservice-config' : '');

function scrape(address: string, token: string): Promise<number | undefined> {
  const { hostname, port } = new URL(address);
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    httpsRequest({ hostname, port, path: '/metrics', headers, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
