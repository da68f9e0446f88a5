import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { inferenceServices } from '../../definitions/serving/inference-service';
import { servingNames as names } from './names';

const apiVersion = 'admissionregistration.k8s.io/v1';

/** What is stored already and on its way out may stay as it is: refusing the write would keep the object from going. */
const expression = [
  '!has(object.spec.canary)',
  'type(object.spec.canary) == list',
  '(has(object.metadata.deletionTimestamp) && oldObject != null && has(oldObject.spec.canary) && ' +
    'object.spec.canary == oldObject.spec.canary)',
].join(' || ');

/**
 * Keeps a `spec.canary` that is no list out of the storage. The definition has to let the older form with one object pass, so that
 * the defaulting webhook can make a list of it; wherever that webhook is not asked, nobody else would look, and clients in Go can't
 * decode any InferenceService of a list in which one such object is.
 */
export function addCanaryPolicy(scope: Construct): void {
  const { group, version, plural } = inferenceServices;
  const spec: k8s.ValidatingAdmissionPolicySpecV1Beta1 = {
    failurePolicy: 'Fail',
    matchConstraints: {
      matchPolicy: 'Equivalent',
      resourceRules: [
        {
          apiGroups: [group],
          apiVersions: [version],
          operations: ['CREATE', 'UPDATE'],
          resources: [plural],
          scope: '*',
        },
      ],
    },
    validations: [
      {
        expression,
        message:
          'spec.canary must be a list: [{"predictor": {"name": "canary", ...}, "trafficPercent": 10}]. One object is made a list ' +
          'of one by the webhook inferenceservice.serving.kserve.io, which was not asked',
        reason: 'Invalid',
      },
    ],
  };
  const binding: k8s.ValidatingAdmissionPolicyBindingSpecV1Beta1 = {
    policyName: names.canaryPolicy,
    validationActions: ['Deny'],
  };
  // The types are those of the beta, whose members are the same.
  new ApiObject(scope, 'CanaryPolicy', {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: names.canaryPolicy },
    spec,
  });
  new ApiObject(scope, 'CanaryPolicyBinding', {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: names.canaryPolicy },
    spec: binding,
  });
}
