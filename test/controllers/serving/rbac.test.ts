import { request as httpsRequest } from 'node:https';
import { servingLease } from '../../../definitions/names/serving';
import { waitFor } from '../../cluster/wait-for';
import type { ControllerProcess } from '../registry-sync/controller-process';
import { permissionText, Roles } from './role-permissions';
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
  roles = new Roles(installation.cluster, [
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

/** Certificates of the webhooks have tests of their own. */
const isOfCertificates = (permission: string) =>
  permission.startsWith('admissionregistration.k8s.io/') || /^\/secrets (create|update|get .+)/.test(permission);

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

/** Does something without a permission, and waits for the API server to refuse exactly that. */
async function refused(need: string, act: () => Promise<unknown>): Promise<void> {
  const mark = await installation.cluster.audit.mark();
  await act();
  const refusals = async () =>
    new Set((await asked(mark)).filter(({ code }) => code === 403).map(({ resource, verb }) => `${resource} ${verb}`));
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

  it.each(needsOf(named.while).map(({ need, scenario }) => [need, scenario.name] as const))(
    'needs %s or no longer %s',
    async (need, name) => {
      const scenario = scenarios.while.find((one) => one.name === name);
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

describe('a controller that starts', () => {
  it.each(named.watched.map(({ name, needs: [list = '', watch = ''] }) => [list, watch, name] as const))(
    'needs %s and %s or no longer %s',
    async (list, watch, name) => {
      const scenario = scenarios.watched.find((one) => one.name === name);
      if (scenario === undefined) throw new Error(`no scenario ${name}`);
      const namespace = await installation.cluster.namespace('rbac');
      let controller: ControllerProcess | undefined;
      let reached: (() => Promise<boolean>) | undefined;
      await roles.without(watch, async () => {
        await roles.without(list, async () => {
          await refused(list, async () => (controller = await installation.start({ settings })));
          if (scenario.optional !== true) expect(controller !== undefined && (await isReady(controller))).toBe(false);
        });
        await refused(watch, () => waitFor('ready', () => controller !== undefined && isReady(controller)));
        reached = await scenario.act(namespace);
        await pause(700);
        expect(await reached()).toBe(false);
      });
      await waitFor('what was not seen', async () => reached?.(), { timeout: 60_000 });
      await controller?.end('SIGKILL');
      await installation.cluster.remove(inferenceServiceOf(namespace, 'iris'));
    },
    90_000,
  );
});

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

it('needs to count events, and tells users anew instead', async () => {
  const controller = await installation.start({ settings });
  const namespace = await installation.cluster.namespace('rbac');
  const iris = inferenceServiceOf(namespace, 'iris', {
    annotations: { 'serving.kserve.io/deploymentMode': 'Knative' },
  });
  await installation.cluster.create(iris);
  await waitFor('an event', async () => (await installation.eventsOn(iris)).length > 0);
  const need = 'events.k8s.io/events patch';
  await roles.without(need, async () => {
    await installation.cluster.patch(iris, { metadata: { labels: { round: 'two' } } });
    await pause(500);
    await refused(need, () => controller.end());
    expect((await installation.eventsOn(iris)).filter((event) => 'series' in event)).toEqual([]);
  });
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
    const allowed = (await roles.permissions()).map(permissionText).filter((one) => !isOfCertificates(one));
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
      ...needsOf([...named.while, ...named.watched]).map(({ need }) => need),
      ...['get', 'update'].map((verb) => `coordination.k8s.io/leases ${verb} ${servingLease}`),
      'coordination.k8s.io/leases create',
      'events.k8s.io/events patch',
      'authentication.k8s.io/tokenreviews create',
      'authorization.k8s.io/subjectaccessreviews create',
    ];
    const allowed = (await roles.permissions()).map(permissionText).filter((one) => !isOfCertificates(one));
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
