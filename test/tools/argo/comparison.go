package main

import (
	"encoding/json"
	"fmt"
	"sort"

	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	argodiff "github.com/argoproj/argo-cd/v3/util/argo/diff"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	kubeutil "github.com/argoproj/argo-cd/v3/util/kube"
	"github.com/argoproj/gitops-engine/pkg/diff"
	"github.com/argoproj/gitops-engine/pkg/sync"
	"github.com/argoproj/gitops-engine/pkg/sync/hook"
	resourceutil "github.com/argoproj/gitops-engine/pkg/sync/resource"
	"github.com/argoproj/gitops-engine/pkg/sync/syncwaves"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	jsonpatch "github.com/evanphx/json-patch/v5"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// comparison is how an Application's targets and live objects stand to each other.
type comparison struct {
	reconciliation sync.ReconciliationResult
	config         argodiff.DiffConfig
	diffs          *diff.DiffResultList
	resources      []resourceReport
	// shared names live objects that another Application tracks.
	shared     []string
	conditions []string
	sync       string
	health     string
}

func (c *comparison) report(name string, operation *operationReport) report {
	return report{
		Name: name, Sync: c.sync, Health: c.health, Resources: c.resources, Operation: operation,
		Conditions: append(append([]string{}, c.conditions...), c.shared...),
	}
}

// compare is what Argo CD calls a refresh.
func (c *controller) compare(app *v1alpha1.Application, project *v1alpha1.AppProject) (*comparison, error) {
	targets, err := c.targets(app)
	if err != nil {
		return nil, err
	}
	live, err := c.live.GetManagedLiveObjs(targets, owns(app.InstanceName(c.namespace)))
	if err != nil {
		return nil, fmt.Errorf("finding live objects: %w", err)
	}
	result := &comparison{}
	for _, object := range live {
		if other := c.tracking.ownerOf(object); other != "" && other != app.InstanceName(c.namespace) {
			result.shared = append(result.shared, fmt.Sprintf("%s is part of applications %s and %s", nameOf(object), app.Name, other))
		}
	}
	result.reconciliation = sync.Reconcile(targets, live, app.Spec.Destination.Namespace, c.live)
	cleanup, err := c.diff(app, result)
	defer cleanup()
	if err != nil {
		return nil, fmt.Errorf("comparing: %w", err)
	}
	if err := c.judge(app, project, result); err != nil {
		return nil, err
	}
	return result, nil
}

// diff finds what differs, by the API server's dry run or by structured merge, as the Application asks.
func (c *controller) diff(app *v1alpha1.Application, result *comparison) (cleanup func(), err error) {
	cleanup = func() {}
	builder := argodiff.NewDiffConfigBuilder().
		WithDiffSettings(app.Spec.IgnoreDifferences, c.overrides, c.diffOptions.IgnoreAggregatedRoles, normalizers.IgnoreNormalizerOpts{}).
		WithTracking(c.tracking.label, string(c.tracking.method)).
		WithNoCache().
		WithGVKParser(c.live.GetGVKParser()).
		WithManager(common.ArgoCDSSAManager).
		WithStructuredMergeDiff(hasSyncOption(app, "ServerSideApply=true"))
	if resourceutil.HasAnnotationOption(app, common.AnnotationCompareOptions, "ServerSideDiff=true") {
		applier, done, err := kubeutil.ManageServerSideDiffDryRuns(c.config, c.live.GetOpenAPISchema(), nothingToCount)
		if err != nil {
			return cleanup, err
		}
		cleanup = done
		builder = builder.WithServerSideDiff(true).WithServerSideDryRunner(diff.NewK8sServerSideDryRunner(applier))
	}
	if result.config, err = builder.Build(); err != nil {
		return cleanup, err
	}
	result.diffs, err = argodiff.StateDiffs(result.reconciliation.Live, result.reconciliation.Target, result.config)
	return cleanup, err
}

// judge turns differences into sync states and live objects into health.
func (c *controller) judge(app *v1alpha1.Application, project *v1alpha1.AppProject, result *comparison) error {
	result.sync = string(v1alpha1.SyncStatusCodeSynced)
	worst := newHealthOfApplication(c.overrides)
	for index, target := range result.reconciliation.Target {
		live := result.reconciliation.Live[index]
		object := live
		if object == nil {
			object = target
		}
		entry := resourceReport{
			Group: object.GroupVersionKind().Group, Kind: object.GetKind(),
			Namespace: object.GetNamespace(), Name: object.GetName(), Wave: syncwaves.Wave(object),
		}
		if !hook.IsHook(object) {
			difference := result.diffs.Diffs[index]
			entry.Sync = string(v1alpha1.SyncStatusCodeSynced)
			if difference.Modified || target == nil || live == nil {
				entry.Sync = string(v1alpha1.SyncStatusCodeOutOfSync)
				result.sync = entry.Sync
			}
			entry.RequiresPruning = target == nil
			entry.Drift = driftOf(live, target, difference)
		}
		namespaced, err := c.live.IsNamespaced(object.GroupVersionKind().GroupKind())
		if !project.IsGroupKindNamePermitted(object.GroupVersionKind().GroupKind(), object.GetName(), namespaced && err == nil) {
			result.conditions = append(result.conditions, fmt.Sprintf("%s is not permitted in project %s", nameOf(object), project.Name))
		}
		// The root of a tree holds itself; its own health must not wait for its own health.
		if itself := object.GetKind() == "Application" && object.GetName() == app.Name; !itself {
			if err := worst.add(&entry, target, live); err != nil {
				return err
			}
		}
		result.resources = append(result.resources, entry)
	}
	result.health = string(worst.status)
	sort.SliceStable(result.resources, func(i, j int) bool { return result.resources[i].Wave < result.resources[j].Wave })
	return nil
}

// driftOf says in short what Argo CD shows as two documents.
func driftOf(live, target *unstructured.Unstructured, difference diff.DiffResult) string {
	if !difference.Modified || live == nil || target == nil {
		return ""
	}
	patch, err := jsonpatch.CreateMergePatch(difference.NormalizedLive, difference.PredictedLive)
	if err != nil || !json.Valid(patch) {
		return string(difference.PredictedLive)
	}
	return string(patch)
}

func hasSyncOption(app *v1alpha1.Application, option string) bool {
	return app.Spec.SyncPolicy != nil && app.Spec.SyncPolicy.SyncOptions.HasOption(option)
}

func nameOf(object *unstructured.Unstructured) string {
	return fmt.Sprintf("%s %s/%s", object.GetKind(), object.GetNamespace(), object.GetName())
}

// nothingToCount stands where Argo CD counts calls for its metrics.
func nothingToCount(string) (kube.CleanupFunc, error) {
	return func() {}, nil
}
