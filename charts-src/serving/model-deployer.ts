import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { servingGroup } from '../../definitions/names/serving';
import { servingNames } from './names';

const read = ['get', 'list', 'watch'];

/**
 * What somebody may who brings models into a namespace: bound there by itself, or as part of the role `edit`, which takes it in.
 */
export class ModelDeployer extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new k8s.KubeClusterRole(this, 'ClusterRole', {
      metadata: {
        name: servingNames.modelDeployer,
        labels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' },
      },
      rules: [
        {
          apiGroups: [servingGroup],
          resources: ['inferenceservices'],
          verbs: [...read, 'create', 'update', 'patch', 'delete'],
        },
        { apiGroups: [servingGroup], resources: ['servingruntimes', 'clusterservingruntimes'], verbs: read },
        { apiGroups: [''], resources: ['pods'], verbs: read },
        { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      ],
    });
  }
}
