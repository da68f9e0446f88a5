import { resolveDeploymentMode } from '../../../controllers/serving/deployment-mode';

const annotated = (mode: string) => ({ 'serving.kserve.io/deploymentMode': mode });
const inStatus = (deploymentMode: string) => ({ status: { deploymentMode } });

describe('the deployment mode', () => {
  it.each([
    [
      'what the status says, whatever the annotation',
      inStatus('Standard'),
      annotated('Knative'),
      'Knative',
      'Standard',
    ],
    ['the new name of what the status says', inStatus('RawDeployment'), {}, 'Knative', 'Standard'],
    ['an unknown mode of the status as it is', inStatus('Strange'), annotated('Standard'), 'Knative', 'Strange'],
    ['that of the annotation before the default', {}, annotated('Standard'), 'Knative', 'Standard'],
    ['that of the annotation when the status is empty', inStatus(''), annotated('ModelMesh'), 'Knative', 'ModelMesh'],
    ['the new name of the annotation', {}, annotated('Serverless'), 'Standard', 'Knative'],
    ['the default when the annotation is unknown', {}, annotated('standard'), 'Knative', 'Knative'],
    ['the default when nothing else says', {}, {}, 'Standard', 'Standard'],
    ['the new name of the default', {}, {}, 'RawDeployment', 'Standard'],
    ['empty when there is no default', {}, {}, undefined, ''],
    ['not what objects inherit', {}, annotated('constructor'), undefined, ''],
  ])('is %s (§4.2)', (_what, inferenceService, annotations, defaultMode, mode) => {
    expect(resolveDeploymentMode(inferenceService, annotations, defaultMode)).toBe(mode);
  });
});
