import { ingressChildNames } from '../../../../controllers/serving/ingress/child-names';
import { ingressChildren, type LiveIngressChildren } from '../../../../controllers/serving/ingress/children';
import type { Exposure } from '../../../../controllers/serving/ingress/exposure';
import type { RouteSources } from '../../../../controllers/serving/ingress/http-routes';
import { iris, namespace, owner, plansWith, sources } from './subjects';

const metadataOf = (name: string, uid: string) => ({
  name,
  namespace,
  ownerReferences: [{ ...owner, uid }],
});

/** Everything that may live for `iris`, made for an InferenceService of a uid. */
function everything(uid = 'uid-1'): LiveIngressChildren {
  const names = ingressChildNames('iris');
  return {
    ingresses: [{ metadata: metadataOf(names.ingress, uid) }],
    routes: names.routes.map((name) => ({ metadata: metadataOf(name, uid), spec: {} })),
  };
}

const nothing: LiveIngressChildren = { ingresses: [], routes: [] };
const allReady = { predictor: true, transformer: true, explainer: true };
const allRoutes = ['iris-predictor', 'iris-transformer', 'iris-explainer', 'iris'];

/** What is done, by names. */
function done(
  exposure: Exposure,
  {
    ready = allReady,
    live = everything(),
    changes = {},
  }: { ready?: object; live?: LiveIngressChildren; changes?: Partial<RouteSources> } = {},
) {
  const { ingress, routes, remove } = ingressChildren(exposure, sources(changes), ready, live);
  const names = (objects: readonly { metadata: { name: string } }[]) => objects.map(({ metadata }) => metadata.name);
  return {
    apply: { ingresses: ingress === undefined ? [] : names([ingress]), routes: names(routes) },
    remove: { ingresses: names(remove.ingresses), routes: names(remove.routes) },
  };
}

const none = { ingresses: [], routes: [] };

describe('an InferenceService', () => {
  test.each(['stopped', 'internal'] as const)(
    'that is %s has nothing, and what it had is removed (§17 rows 21, 22)',
    (exposure) => {
      const remove = { ingresses: ['iris'], routes: allRoutes };
      expect(done(exposure)).toEqual({ apply: none, remove });
      expect(done(exposure, { ready: {} })).toEqual({ apply: none, remove });
      expect(done(exposure, { live: nothing })).toEqual({ apply: none, remove: none });
    },
  );

  test('that is reached by an Ingress has that alone: routes from before are removed (§17 row 21)', () => {
    expect(done('ingress')).toEqual({
      apply: { ingresses: ['iris'], routes: [] },
      remove: { ingresses: [], routes: allRoutes },
    });
  });

  test('that is reached by routes has those alone: an Ingress from before is removed (§17 row 21)', () => {
    const changes = { plans: plansWith('transformer', 'explainer') };
    expect(done('gateway', { changes })).toEqual({
      apply: { ingresses: [], routes: allRoutes },
      remove: { ingresses: ['iris'], routes: [] },
    });
  });

  test('whose transformer and explainer are gone loses their routes (§17 row 21)', () => {
    expect(done('gateway')).toEqual({
      apply: { ingresses: [], routes: ['iris-predictor', 'iris'] },
      remove: { ingresses: ['iris'], routes: ['iris-transformer', 'iris-explainer'] },
    });
  });

  test('that waits for the Gateway API keeps what it has', () => {
    expect(done('gatewayMissing')).toEqual({ apply: none, remove: none });
  });

  test('never removes what is another’s, or of an InferenceService of its name that is gone', () => {
    for (const exposure of ['stopped', 'internal'] as const) {
      expect(done(exposure, { live: everything('uid-0') })).toEqual({ apply: none, remove: none });
    }
    const unowned = { ingresses: [{ metadata: { name: 'iris', namespace } }], routes: [] };
    expect(done('stopped', { live: unowned })).toEqual({ apply: none, remove: none });
    const besides = { ingresses: [{ metadata: metadataOf('iris-by-hand', 'uid-1') }], routes: [] };
    expect(done('stopped', { live: besides })).toEqual({ apply: none, remove: none });
  });
});

describe('components that are not ready', () => {
  const three = { plans: plansWith('transformer', 'explainer') };

  test.each([
    ['predictor', { transformer: true, explainer: true }, ['iris-transformer', 'iris-explainer']],
    ['transformer', { predictor: true, transformer: false, explainer: true }, ['iris-predictor', 'iris-explainer']],
    ['explainer', { predictor: true, transformer: true }, ['iris-predictor', 'iris-transformer']],
  ])('keep the routes of %s and service as they are, and do not make them', (_who, ready, expected) => {
    const live = { ingresses: [], routes: everything().routes };
    expect(done('gateway', { changes: three, ready, live })).toEqual({
      apply: { ingresses: [], routes: expected },
      remove: none,
    });
  });

  test('leave the old way in until the first of the new one is applied', () => {
    expect(done('gateway', { ready: {} }).remove.ingresses).toEqual([]);
    expect(done('ingress', { ready: {} })).toEqual({ apply: none, remove: none });
  });

  test.each([
    [[], {}, false],
    [[], { predictor: true }, true],
    [['transformer'], { predictor: true }, false],
    [['transformer'], { transformer: true }, false],
    [['transformer'], { predictor: true, transformer: true }, true],
    [['explainer'], { predictor: true }, false],
    [['explainer'], { predictor: true, explainer: true }, true],
    [['transformer', 'explainer'], { predictor: true, transformer: true }, true],
  ] as const)('an Ingress with %j and ready %j is made: %s', (others, ready, made) => {
    const { apply } = done('ingress', { changes: { plans: plansWith(...others) }, ready, live: nothing });
    expect(apply.ingresses).toEqual(made ? ['iris'] : []);
  });
});

test('names of children cover all that may exist', () => {
  expect(ingressChildNames(iris().metadata.name)).toEqual({ ingress: 'iris', routes: allRoutes });
});
