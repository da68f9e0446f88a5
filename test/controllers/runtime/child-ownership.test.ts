import { ChildNotOurs, controllerReference, ownershipOf } from '../../../controllers/runtime/child-ownership';
import { appliedAnnotation } from '../../../definitions/names/serving';

const owner = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', name: 'iris', uid: 'new' };
const child = (reference?: object, annotations = {}) => ({
  metadata: {
    name: 'iris-predictor',
    namespace: 'ml',
    annotations,
    ...(reference !== undefined && { ownerReferences: [{ ...controllerReference(owner), ...reference }] }),
  },
});

test.each([
  ['ours', 'its controller is the owner', child({})],
  ['former', 'its controller was an owner of the same name', child({ uid: 'old' })],
  ['former', 'that owner was of another version', child({ uid: 'old', apiVersion: 'serving.kserve.io/v1alpha2' })],
  ['foreign', 'its controller has another name', child({ uid: 'old', name: 'wine' })],
  ['foreign', 'its controller has another kind', child({ uid: 'old', kind: 'TrainedModel' })],
  ['foreign', 'its controller is of another group', child({ uid: 'old', apiVersion: 'example.com/v1beta1' })],
  ['foreign', 'nobody controls it', child()],
  ['foreign', 'it only depends on the owner', child({ controller: false })],
  ['orphan', 'nobody controls it and we have made it', child(undefined, { [appliedAnnotation]: 'digest' })],
  [
    'foreign',
    'another one controls what we have made',
    child({ name: 'wine', uid: 'wine' }, { [appliedAnnotation]: 'digest' }),
  ],
])('an object is %s when %s', (ownership, _when, object) => {
  expect(ownershipOf(object, owner)).toBe(ownership);
});

test('the error names the object and who controls it', () => {
  const foreign = child({ kind: 'Rollout', name: 'blue', uid: 'x' });
  expect(new ChildNotOurs('deployments/iris-predictor in ml', foreign)).toMatchObject({
    object: 'deployments/iris-predictor in ml',
    controller: 'Rollout blue',
    message:
      'deployments/iris-predictor in ml is needed but is controlled by Rollout blue: it is left alone; delete or rename it',
  });
  expect(new ChildNotOurs('services/a in ml', child()).message).toContain('belongs to somebody else');
});
