import { renderTarget } from '../../../charts-src/output/render-target';
import { targets } from '../../../charts-src/targets/targets';
import { compare, type Difference } from './compare';
import { deviations, renamed } from './deviations';
import { baseCatalog, demoCatalog, endToEndCatalog, modelContextCatalog, openDataHubCatalog } from './upstream/catalog';
import { controller, controllerParts } from './upstream/controller';
import { mysql, postgres } from './upstream/databases';
import { registryMesh, storageContainer } from './upstream/mesh';
import type { UpstreamObject } from './upstream/object';
import { baseServer, mysqlServer, postgresServer } from './upstream/server';
import { istioUi, kubeflowUi, plainUi, standaloneUi } from './upstream/ui';

const upstream: Readonly<Record<string, readonly UpstreamObject[]>> = {
  base: baseServer,
  'overlays/db': [...mysqlServer, ...mysql],
  'overlays/postgres': [...postgresServer, ...postgres],
  'options/istio': registryMesh,
  'options/csi': storageContainer,
  'options/controller/overlays/base': controller,
  'options/controller/manager': controllerParts.manager,
  'options/controller/rbac': controllerParts.rbac,
  'options/controller/network-policy': controllerParts.networkPolicy,
  'options/controller/prometheus': controllerParts.prometheus,
  'options/ui/base': plainUi,
  'options/ui/overlays/kubeflow': kubeflowUi,
  'options/ui/overlays/istio': istioUi,
  'options/ui/overlays/standalone': standaloneUi,
  'options/catalog/base': baseCatalog,
  'options/catalog/overlays/demo': demoCatalog,
  'options/catalog/overlays/odh': openDataHubCatalog,
  'options/catalog/overlays/rh-mcp': modelContextCatalog,
  'options/catalog/overlays/e2e': endToEndCatalog,
};

const rendered = targets.map((make) => make());
const differences = new Map(
  rendered.map((target) => [
    target.upstream,
    compare(upstream[target.upstream] ?? [], renderTarget(target), renamed[target.upstream] ?? {}),
  ]),
);

const declares =
  (target: string, { object, path }: Difference) =>
  (one: (typeof deviations)[number]) =>
    (one.targets?.test(target) ?? true) && one.object.test(object) && one.path.test(path);

const shown = ({ object, path, upstream: theirs, ours }: Difference) =>
  `${object} ${path}: upstream ${JSON.stringify(theirs)}, ours ${JSON.stringify(ours)}`;

it('every target of upstream is rendered', () => {
  expect(rendered.map((target) => target.upstream)).toEqual(Object.keys(upstream));
});

describe.each(rendered.map((target) => target.upstream))('target %s', (target) => {
  it('is what upstream renders, field by field, but for declared deviations', () => {
    const undeclared = (differences.get(target) ?? []).filter((one) => !deviations.some(declares(target, one)));
    expect(undeclared.map(shown)).toEqual([]);
  });
});

describe('the table of deviations', () => {
  const all = [...differences].flatMap(([target, found]) => found.map((one) => ({ target, one })));

  it.each(deviations.map((one) => [one.dm, one.why, one] as const))('%s: %s: happens', (_, __, deviation) => {
    expect(all.filter(({ target, one }) => declares(target, one)(deviation))).not.toHaveLength(0);
  });

  it('has no name of an object that upstream does not render', () => {
    const names = Object.values(upstream).flatMap((objects) =>
      objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    );
    const all = Object.values(renamed).flatMap((one) => Object.keys(one));
    expect(all.filter((name) => !names.includes(name))).toEqual([]);
  });
});
