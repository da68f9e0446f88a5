import { request as httpsRequest } from 'node:https';
import { inferenceGroup, inferenceRunsLease } from '../../../definitions/names/inference';
import { servingGroup } from '../../../definitions/names/serving';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { inferenceServices } from '../../../definitions/serving/inference-service';
import { servingDefinitions } from '../../../definitions/serving/kinds';
import { permissionText, Roles } from '../../cluster/role-permissions';
import { waitFor } from '../../cluster/wait-for';
import { type NodeWithLogs, startNodeWithLogs } from '../../doubles/kubelet/node-with-logs';
import type { ControllerProcess } from '../registry-sync/controller-process';
import { type Scenario, Scenarios } from './rbac-scenarios';
import { configOf, RunInstallation, runOf } from './run-installation';

/**
 * Least privilege, proved from both sides: something breaks without any single permission of the rendered roles and mends itself when
 * it is given back, and nothing else was ever asked for.
 */
let installation: RunInstallation;
let scenarios: Scenarios;
let roles: Roles;
let node: NodeWithLogs;

const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', group: 'rbac.authorization.k8s.io' };
const home = 'kserve-controller-system';
const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: inferenceRunsLease, namespace: home },
};

beforeAll(async () => {
  installation = await RunInstallation.make({ checksOwners: true });
  installation.expectsRefusals = true;
  const { cluster } = installation;
  const served = servingDefinitions.filter(({ plural }) => plural === inferenceServices.plural);
  await cluster.installCrds(served.map(customResourceDefinition));
  // The node that the double of the kubelet binds pods to.
  node = await startNodeWithLogs(cluster, 'double');
  await cluster.create({
    apiVersion: rbac.apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'prometheus-reads-metrics' },
    roleRef: { apiGroup: rbac.group, kind: 'ClusterRole', name: 'kserve-controller-metrics-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: home }],
  });
  scenarios = new Scenarios(installation);
  roles = new Roles(cluster, installation.user, [
    { apiVersion: rbac.apiVersion, kind: 'ClusterRole', metadata: { name: 'kserve-controller-manager' } },
    { apiVersion: rbac.apiVersion, kind: 'ClusterRole', metadata: { name: 'kserve-controller-metrics-auth' } },
    {
      apiVersion: rbac.apiVersion,
      kind: 'Role',
      metadata: { name: 'kserve-controller-leader-election', namespace: home },
    },
  ]);
}, 180_000);

afterAll(async () => {
  await node?.close();
  await installation?.close();
}, 60_000);

/** Admission asks for it when a ConfigMap is made that names the run as its owner, and has no line of its own in the log. */
const owns = `${inferenceGroup}/inferenceruns/finalizers update`;

/**
 * The API server checks `create` of an apply that makes an object when it has already let the patch in, and logs the patch.
 */
const loggedAs = (need: string) => {
  if (need === owns) return '/configmaps patch';
  const [resource = '', verb = ''] = need.split(' ');
  return `${resource} ${verb === 'create' && appliedKinds.includes(resource) ? 'patch' : verb}`;
};
const appliedKinds: readonly string[] = ['/configmaps', 'batch/cronjobs'];

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
  const refusals = async () => {
    const all = (await asked(mark)).filter(({ code }) => code === 403);
    return new Set(all.map(({ resource, verb }) => `${resource} ${verb}`));
  };
  await waitFor(`${need} to be refused`, async () => (await refusals()).size > 0, { timeout: 30_000, interval: 50 });
  expect([...(await refusals())]).toEqual([loggedAs(need)]);
}

const isReady = async ({ health }: ControllerProcess) => (await fetch(`${health}/readyz`)).status === 200;
const needsOf = (all: readonly Scenario[]) =>
  all.flatMap((scenario) => scenario.needs.map((need) => ({ need, scenario })));

/** Names alone, for tables of tests are made before there is an installation. */
const named = new Scenarios(undefined as never);

describe('a controller that runs', () => {
  let controller: ControllerProcess;

  beforeAll(async () => {
    controller = await installation.start();
    await waitFor('ready', () => isReady(controller));
  }, 60_000);
  afterAll(() => controller?.end());

  it.each(needsOf(named.all).map(({ need, scenario }) => [need, scenario.name] as const))(
    'needs %s or no longer %s',
    async (need, name) => {
      const scenario = scenarios.all.find((one) => one.name === name);
      if (scenario === undefined) throw new Error(`no scenario ${name}`);
      let namespace = await installation.cluster.namespace('rbac');
      let reached: (() => Promise<boolean>) | undefined;
      await scenario.prepare?.(namespace);
      await roles.without(need, async () => {
        await refused(need, async () => {
          reached = await scenario.act(namespace);
        });
        expect(await reached?.()).toBe(false);
      });
      if (scenario.lost === true) {
        await scenarios.clear(namespace);
        namespace = await installation.cluster.namespace('rbac');
        reached = await scenario.act(namespace);
      }
      await waitFor('what was refused', async () => reached?.(), { timeout: 40_000 });
      await scenarios.clear(namespace);
    },
    90_000,
  );
});

/** Kinds that are listed, then watched; the last ones are done without where they are missing. */
const followed = [
  `${inferenceGroup}/inferenceruns`,
  `${inferenceGroup}/inferenceconfigs`,
  'batch/jobs',
  'batch/cronjobs',
  '/configmaps',
  '/pods',
  `${servingGroup}/inferenceservices`,
];
const optionalKinds = [`${servingGroup}/inferenceservices`];
const verbsOf = (kind: string) => ({ list: `${kind} list`, watch: `${kind} watch` });

it.each(followed)(
  'a controller that starts is not ready before it may list %s, and asks to watch them',
  async (kind) => {
    const { list, watch } = verbsOf(kind);
    let controller: ControllerProcess | undefined;
    const ready = () => controller !== undefined && isReady(controller);
    await roles.without(watch, async () => {
      await roles.without(list, async () => {
        await refused(list, async () => (controller = await installation.start()));
        if (!optionalKinds.includes(kind)) expect(await ready()).toBe(false);
      });
      await refused(watch, () => waitFor('ready', ready, { timeout: 30_000 }));
    });
    await controller?.end('SIGKILL');
  },
  90_000,
);

describe('one that asks for its lease', () => {
  const elected = ({ log }: ControllerProcess) => log.some((line) => line.includes('lease acquired'));

  it.each([
    ['get', ` ${inferenceRunsLease}`, true],
    ['create', '', false],
    ['update', ` ${inferenceRunsLease}`, true],
  ])(
    'needs to %s it',
    async (verb, suffix, exists) => {
      await installation.cluster.remove(lease);
      if (exists) await installation.cluster.create({ ...lease, spec: { holderIdentity: '' } } as typeof lease);
      const need = `coordination.k8s.io/leases ${verb}${suffix}`;
      let controller: ControllerProcess | undefined;
      await roles.without(need, async () => {
        await refused(need, async () => {
          controller = await installation.start({ args: ['--leader-elect'] });
        });
        expect(controller !== undefined && elected(controller)).toBe(false);
      });
      await waitFor('the lease', () => controller !== undefined && elected(controller), { timeout: 40_000 });
      await controller?.end();
    },
    60_000,
  );
});

it('needs to count events that come again', async () => {
  const { cluster } = installation;
  const namespace = await cluster.namespace('rbac');
  const [run, config] = [runOf(namespace, 'iris'), configOf(namespace, 'iris', { modelName: 'not iris' })];
  const blocked = (reason: string) =>
    installation.until(run, `to be blocked: ${reason}`, ({ failure }) => failure?.reason === reason);
  await cluster.create(run);
  // Counts are written when the process ends, at the latest.
  const tellTwice = async () => {
    const controller = await installation.start();
    for (const _time of [1, 2]) {
      await blocked('ConfigNotFound');
      await cluster.create(config);
      await blocked('ConflictingModelSpec');
      await cluster.remove(config);
    }
    await blocked('ConfigNotFound');
    await controller.end();
  };
  const counted = async () => JSON.stringify(await installation.eventsOn(run)).includes('"series":{"count":2');
  const need = 'events.k8s.io/events patch';
  await roles.without(need, () => refused(need, tellTwice));
  expect(await counted()).toBe(false);
  await tellTwice();
  expect(await counted()).toBe(true);
}, 90_000);

describe('metrics for those who may', () => {
  it.each(['authentication.k8s.io/tokenreviews create', 'authorization.k8s.io/subjectaccessreviews create'])(
    'need %s',
    async (need) => {
      const controller = await installation.start({ args: ['--metrics-secure=true'] });
      const { token } = await installation.cluster.serviceAccount(home, 'prometheus');
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
    const allowed = (await roles.permissions()).map(permissionText).filter((one) => one !== owns);
    const used = (await asked())
      .filter(({ resource, code }) => resource !== '/' && code !== 403)
      .flatMap(({ resource, verb, name = '', code }) => {
        const created = verb === 'patch' && code === 201 ? [`${resource} create`] : [];
        const own = `${resource} ${verb} ${name}`;
        return [allowed.includes(own) ? own : `${resource} ${verb}`, ...created];
      });
    expect([...new Set(used)].sort()).toEqual([...new Set(allowed)].sort());
  });

  it('hold nothing that no test here misses', async () => {
    const tested = [
      ...needsOf(named.all).map(({ need }) => need),
      ...followed.map(verbsOf).flatMap(({ list, watch }) => [list, watch]),
      ...['get', 'update'].map((verb) => `coordination.k8s.io/leases ${verb} ${inferenceRunsLease}`),
      'coordination.k8s.io/leases create',
      'events.k8s.io/events patch',
      'authentication.k8s.io/tokenreviews create',
      'authorization.k8s.io/subjectaccessreviews create',
    ];
    const allowed = (await roles.permissions()).map(permissionText);
    expect(tested.sort()).toEqual([...allowed].sort());
  });
});

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
