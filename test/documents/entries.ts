import type { Component, Entry, Outcome, Status } from './entry';
import type { DocumentName } from './texts';

const works: Outcome = { result: 'works' };
const warns = (warning: string): Outcome => ({ result: 'works with warning', warning });
const differs = (because: string): Outcome => ({ result: 'differs', because });

const nothingToRun: Status = { state: 'nothing to run' };
const tested = (suite: string, test: string, untested?: { component: Component; what: string }): Status => ({
  state: 'tested',
  suite,
  test,
  ...(untested && { untested }),
});

const inDocument = (document: DocumentName, entries: readonly Omit<Entry, 'document'>[]): Entry[] =>
  entries.map((entry) => ({ document, ...entry }));

const registrySync = inDocument('1-registry-sync', [
  {
    heading: 'Architecture',
    index: 0,
    kind: 'text',
    owner: 'registry-sync',
    outcome: differs('because upstream draws its own Go process; here the boxes are the sub-command registry-sync.'),
    status: nothingToRun,
  },
  {
    heading: 'File Structure',
    index: 0,
    kind: 'text',
    owner: 'registry-sync',
    outcome: differs("because upstream's Go sources are listed; here the controller is controllers/registry-sync."),
    status: nothingToRun,
  },
  {
    heading: 'Reconciliation Flow',
    index: 0,
    kind: 'text',
    owner: 'registry-sync',
    outcome: works,
    status: tested(
      'registry-sync',
      'the flow of a reconcile ends where the document says: created, URL updated, UNDEPLOYED, gone',
    ),
  },
  {
    heading: 'Label Configuration',
    index: 0,
    kind: 'names',
    owner: 'registry-sync',
    outcome: works,
    status: tested('registry-sync', 'the labels and annotations of the table are the ones that count'),
  },
  {
    heading: 'Example InferenceService',
    index: 0,
    kind: 'yaml',
    owner: 'registry-sync',
    outcome: warns(
      'RegistryRejected, There is no model version 1: models and versions share one sequence of ids, so version 1 of model 1 ' +
        'never exists; with the setting requireExistingModel: false it is linked as upstream links it',
    ),
    status: tested(
      'registry-sync',
      'the example names a version that no registry gives this number, and the event says so',
    ),
  },
  {
    heading: 'ServingEnvironment',
    index: 0,
    kind: 'json',
    owner: 'registry-sync',
    outcome: differs('because upstream gives none a description; ours says Kubernetes namespace ml-models.'),
    status: tested('registry-sync', 'the serving environment has the members shown, named after the namespace'),
  },
  {
    heading: 'InferenceService (in MR)',
    index: 0,
    kind: 'json',
    owner: 'registry-sync',
    outcome: differs(
      'because upstream has refused a custom property without metadataType since v1alpha3; records carry ' +
        'string_value and metadataType MetadataStringValue, and both forms are read.',
    ),
    status: tested('registry-sync', 'the record has the members shown, the URL with its metadataType'),
  },
  {
    heading: 'Controller Environment Variables',
    index: 0,
    kind: 'environment',
    owner: 'registry-sync',
    outcome: works,
    status: tested('registry-sync', 'the environment variables configure the controller as they stand there'),
  },
  {
    heading: 'Kustomize Deployment',
    index: 0,
    kind: 'command',
    owner: 'manifests',
    outcome: differs(
      "because upstream's folder belongs to its repository; the same objects are in " +
        'dist/targets/options-controller-overlays-base.',
    ),
    status: tested(
      'manifests',
      'the controller of the other document is the same one: applying it again changes nothing',
    ),
  },
  {
    heading: 'Manifest Structure',
    index: 0,
    kind: 'text',
    owner: 'manifests',
    outcome: differs(
      "because upstream's hand-written kustomize tree is shown; here manifests are rendered, one file per component.",
    ),
    status: nothingToRun,
  },
  {
    heading: 'RBAC Permissions',
    index: 0,
    kind: 'yaml',
    owner: 'registry-sync',
    outcome: differs(
      'because upstream lists less than it uses (no Lease, no events) and more (update); it applies as it is, and the ' +
        'rendered roles hold what the controller does.',
    ),
    status: tested('access', 'the ClusterRole of registry sync is accepted'),
  },
  {
    heading: 'Common Issues',
    index: 0,
    kind: 'text',
    owner: 'registry-sync',
    outcome: works,
    status: tested('registry-sync', 'the message for a registry that nobody named is the one shown'),
  },
  {
    heading: 'Common Issues',
    index: 1,
    kind: 'text',
    owner: 'registry-sync',
    outcome: differs('because upstream leaves out which namespace it searched; the message names it.'),
    status: tested('registry-sync', 'the message for several registries is the one shown, with the namespace'),
  },
  {
    heading: 'Unit Tests',
    index: 0,
    kind: 'command',
    owner: 'registry-sync',
    outcome: differs("because upstream's Go tests need its sources; here npm test runs the tests."),
    status: nothingToRun,
  },
  {
    heading: 'Integration Tests',
    index: 0,
    kind: 'command',
    owner: 'registry-sync',
    outcome: differs("because upstream's Go tests need its sources; here npm test runs them on a real API server."),
    status: nothingToRun,
  },
]);

const inferenceRuns = inDocument('2-inference-runs', [
  {
    heading: 'The Runner Contract',
    index: 0,
    kind: 'json',
    owner: 'inference-runs',
    outcome: works,
    status: tested('inference-runs', 'the runner is given the Contract that is shown, in a ConfigMap'),
  },
  {
    heading: 'InferenceConfig',
    index: 0,
    kind: 'yaml',
    owner: 'inference-runs',
    outcome: works,
    status: tested('inference-runs', 'the config is taken as it is shown, and told where its flat fields belong'),
  },
  {
    heading: 'InferenceRun',
    index: 0,
    kind: 'yaml',
    owner: 'inference-runs',
    outcome: warns(
      'phase Blocked, reason ConfigNotFound: it refers to example-inference-config, while the config shown above it ' +
        'is iris-inference-config; it starts as soon as a config of that name exists',
    ),
    status: tested(
      'inference-runs',
      'the run waits for the config that it names, which is not the one shown, and starts when that appears',
    ),
  },
  {
    heading: 'Configuration',
    index: 0,
    kind: 'names',
    owner: 'inference-runs',
    outcome: works,
    status: tested('inference-runs', 'take what the document says'),
  },
  {
    heading: 'Installation',
    index: 0,
    kind: 'command',
    owner: 'manifests',
    outcome: differs(
      "because upstream's chart installs upstream's controller; the manifests of ours are rendered to dist/ and applied " +
        'from there.',
    ),
    status: nothingToRun,
  },
]);

const registryOnKubernetes = inDocument('3-registry-on-kubernetes', [
  {
    heading: 'Architecture',
    index: 0,
    kind: 'text',
    owner: 'manifests',
    outcome: differs('because upstream draws one program per box; here they are sub-commands of one image.'),
    status: nothingToRun,
  },
  {
    heading: 'Deploy Model Registry',
    index: 0,
    kind: 'command',
    owner: 'manifests',
    outcome: differs(
      "because upstream's folder belongs to its repository; the same objects are in dist/targets/overlays-db.",
    ),
    status: tested('manifests', 'the registry with MySQL is applied from the folder of its target'),
  },
  {
    heading: 'Deploy Model Registry',
    index: 1,
    kind: 'command',
    owner: 'manifests',
    outcome: differs(
      "because upstream's folder belongs to its repository; the same objects are in dist/targets/options-istio.",
    ),
    status: tested('manifests', 'the objects of Istio are applied beside it'),
  },
  {
    heading: 'Enable CSI Driver',
    index: 0,
    kind: 'command',
    owner: 'manifests',
    outcome: differs(
      "because upstream's folder belongs to its repository; the same objects are in dist/targets/options-csi.",
    ),
    status: tested('manifests', 'the storage container is applied once for the cluster'),
  },
  {
    heading: 'Deploy Controller',
    index: 0,
    kind: 'command',
    owner: 'manifests',
    outcome: differs(
      "because upstream's folder belongs to its repository; the same objects are in " +
        'dist/targets/options-controller-overlays-base.',
    ),
    status: tested('manifests', 'the controller is applied from the folder of its target'),
  },
  {
    heading: 'Controller',
    index: 0,
    kind: 'names',
    owner: 'registry-sync',
    outcome: works,
    status: tested('registry-sync', 'the variables of the overview, with their other names, configure the controller'),
  },
  {
    heading: 'CSI Driver',
    index: 0,
    kind: 'names',
    owner: 'storage-initializer',
    outcome: works,
    status: tested('storage-initializer', 'the variables of the overview say which registry is asked, and how'),
  },
]);

const servingControlPlane = inDocument('4-serving-control-plane', [
  {
    heading: 'Custom Runtimes',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: works,
    status: tested(
      'standard-mode',
      'a runtime with a storage placeholder starts its container with the URI of the model',
    ),
  },
  {
    heading: 'Status Conditions',
    index: 0,
    kind: 'command',
    owner: 'serving',
    outcome: works,
    status: tested('standard-mode', 'the command that shows an InferenceService prints it with its status'),
  },
  {
    heading: 'Status Conditions',
    index: 1,
    kind: 'yaml',
    owner: 'serving',
    outcome: differs(
      'because upstream gives no reasons of its own in Standard mode, but those of the Deployment, and shows a host of Knative mode: ' +
        'here it is my-model-default.example.com, and as shown with that domainTemplate.',
    ),
    status: tested(
      'standard-mode',
      'the controller writes PredictorReady, Ready, and with that domain template the url of the example',
    ),
  },
  {
    heading: 'Canary Deployments',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: warns('spec.canary is one object; the warning shows the list to write instead'),
    status: tested(
      'standard-mode',
      'the canary as one object is stored as the list that the warning shows, and nothing of it is lost',
      { component: 'serving', what: 'the share of the traffic' },
    ),
  },
  {
    heading: 'Blue-Green Deployments',
    index: 0,
    kind: 'command',
    owner: 'serving',
    outcome: works,
    status: tested(
      'standard-mode',
      'the patch that promotes the canary is stored beside it without a warning, and warned about where there is none',
      { component: 'serving', what: 'that all traffic goes to the canary' },
    ),
  },
  {
    heading: 'Horizontal Pod Autoscaler (HPA)',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: warns('ScaleMetricUnsupported: an HPA has no concurrency, so it scales on cpu; KEDA or Knative would do'),
    status: tested(
      'standard-mode',
      'a concurrency target gives an HPA on cpu with the bounds of the example, and a warning and an event say so',
    ),
  },
  {
    heading: 'Resource Requests and Limits',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: works,
    status: tested('standard-mode', 'resource requests and limits, whole numbers included, are those of the container'),
  },
  {
    heading: 'Node Affinity and Tolerations',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: works,
    status: tested('standard-mode', 'the node selector and the toleration for GPU nodes are those of the pods'),
  },
  {
    heading: 'Storage Configuration',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: works,
    status: tested('standard-mode', 'the region of the model’s container reaches the storage initializer'),
  },
  {
    heading: 'Integration with Prometheus',
    index: 0,
    kind: 'yaml',
    owner: 'manifests',
    outcome: differs(
      'because upstream shows apiVersion v1, which has no ServiceMonitor: the API server answers 404; the rendered one ' +
        'is monitoring.coreos.com/v1.',
    ),
    status: tested(
      'monitoring',
      'a ServiceMonitor of apiVersion v1 is refused, and accepted as monitoring.coreos.com/v1',
    ),
  },
  {
    heading: 'Logging',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: works,
    status: tested(
      'standard-mode',
      'the request logger is an agent beside the model that sends everything to the url of the example',
      { component: 'serving', what: 'what the agent does with them' },
    ),
  },
  {
    heading: 'Model Access Control',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: works,
    status: tested('access', 'the Role for deployers lets a ServiceAccount manage InferenceServices and nothing else'),
  },
  {
    heading: 'Network Policies',
    index: 0,
    kind: 'yaml',
    owner: 'serving',
    outcome: works,
    status: tested('standard-mode', 'the NetworkPolicy of the example selects the predictor’s pods and nobody else’s'),
  },
  {
    heading: 'Debugging Commands',
    index: 0,
    kind: 'command',
    owner: 'serving',
    outcome: works,
    status: tested('standard-mode', 'the command that describes an InferenceService prints its conditions and events'),
  },
  {
    heading: 'Debugging Commands',
    index: 1,
    kind: 'command',
    owner: 'manifests',
    outcome: works,
    status: tested('standard-mode', 'the command for the controller’s log finds its pod by namespace and label'),
  },
  {
    heading: 'Debugging Commands',
    index: 2,
    kind: 'command',
    owner: 'serving',
    outcome: works,
    status: tested('standard-mode', 'the command for the model’s pods lists them'),
  },
  {
    heading: 'Debugging Commands',
    index: 3,
    kind: 'command',
    owner: 'serving',
    outcome: differs('because upstream dropped the suffix -default: the Deployment is my-model-predictor.'),
    status: tested('standard-mode', 'the command for the model’s log finds its Deployment without the suffix -default'),
  },
]);

const servingReconciliation = inDocument('5-serving-reconciliation', [
  {
    heading: '',
    index: 0,
    kind: 'text',
    owner: 'serving',
    outcome: works,
    status: tested('standard-mode', 'reconciliation goes the way of the document, and a second time changes nothing', {
      component: 'serving',
      what: 'Knative mode, ModelMesh',
    }),
  },
]);

/** Every block of the documents, with its outcome and how far that is proved. A test holds it complete. */
export const entries: readonly Entry[] = [
  ...registrySync,
  ...inferenceRuns,
  ...registryOnKubernetes,
  ...servingControlPlane,
  ...servingReconciliation,
];
