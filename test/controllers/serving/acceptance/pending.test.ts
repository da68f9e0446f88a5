/** Cases of upstream’s tests whose features come later; each becomes a test of its own then. */

describe('Knative mode', () => {
  it.todo('drops an initial scale of zero where zero is not allowed (case 1), pending: Knative mode');
  it.todo('passes an initial scale of three on (case 2), pending: Knative mode');
  it.todo('drops an initial scale that is no integer (case 3), pending: Knative mode');
  it.todo('keeps an initial scale of zero where zero is allowed (case 4), pending: Knative mode');
  it.todo('makes a Knative Service as upstream’s to the last annotation (case 6), pending: Knative mode');
  it.todo('makes a VirtualService once the Knative Service has a URL (case 7), pending: Knative mode');
  it.todo('takes over annotations and labels that are replaced as a whole (case 8), pending: Knative mode');
  it.todo('says that Knative is not there (case 9), pending: Knative mode');
  it.todo('runs while stop is false (case 10), pending: Knative mode');
  it.todo('makes nothing while stop is true (case 11), pending: Knative mode');
  it.todo('goes and comes back as stop changes (case 12), pending: Knative mode');
  it.todo('does so with a transformer and with an explainer (case 13), pending: Knative mode');
  it.todo('splits traffic between two revisions (case 18), pending: Knative mode');
  it.todo('needs no VirtualService where they are turned off (case 26), pending: Knative mode');
  it.todo('tells by event which conditions took readiness away (case 28), pending: Knative mode');
  it.todo('serves a framework field that nobody has converted (case 28a), pending: Knative mode');
});

describe('Standard mode', () => {
  it.todo('scales by KEDA on metrics of OpenTelemetry (case 42), pending: KEDA and OpenTelemetry');
  it.todo('runs a model over several nodes (case 43), pending: multi-node');
  it.todo('sends shares of the traffic to canaries (case 48), pending: canary');
});
