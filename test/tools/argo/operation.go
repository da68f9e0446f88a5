package main

import (
	"fmt"
	"strings"
	"time"

	argocommon "github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/gitops-engine/pkg/sync"
	"github.com/argoproj/gitops-engine/pkg/sync/common"
	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// operation is a sync that goes on: each step starts from a fresh comparison and from the results so far, as in Argo CD,
// which may be restarted between two of them.
type operation struct {
	phase    common.OperationPhase
	message  string
	results  []common.ResourceSyncResult
	started  metav1.Time
	deadline time.Time
	waves    []waveReport
}

func newOperation(deadline time.Time) *operation {
	return &operation{phase: common.OperationRunning, started: metav1.Now(), deadline: deadline}
}

func (o *operation) late() bool {
	return time.Now().After(o.deadline)
}

func (o *operation) report() *operationReport {
	return &operationReport{Phase: string(o.phase), Message: o.message, Waves: o.waves, Resources: resultReports(o.results)}
}

// step takes an operation through what can be done now, as an automated sync does: without force, pruning as the policy
// says, with the Application's sync options.
func (c *controller) step(app *v1alpha1.Application, project *v1alpha1.AppProject, running *operation) error {
	if running.phase.Completed() {
		return nil
	}
	if running.late() {
		running.phase, running.message = common.OperationFailed, "not in time, last: "+running.message
		return nil
	}
	found, err := c.compare(app, project)
	if err != nil {
		return err
	}
	if hasSyncOption(app, "FailOnSharedResource=true") && len(found.shared) > 0 {
		running.phase, running.message = common.OperationFailed, "shared resource found: "+strings.Join(found.shared, ", ")
		return nil
	}
	if hasSyncOption(app, "RespectIgnoreDifferences=true") {
		if found.reconciliation.Target, err = withIgnoredFieldsOfLive(found); err != nil {
			return err
		}
	}
	context, cleanup, err := sync.NewSyncContext(c.source.revision, found.reconciliation, c.config, c.config, c.kubectl,
		app.Spec.Destination.Namespace, c.live.GetOpenAPISchema(), c.options(app, project, running, found)...)
	if err != nil {
		return err
	}
	defer cleanup()
	context.Sync()
	running.phase, running.message, running.results = context.GetState()
	return nil
}

func (c *controller) options(app *v1alpha1.Application, project *v1alpha1.AppProject, running *operation, found *comparison) []sync.SyncOpt {
	policy := app.Spec.SyncPolicy
	prune := policy != nil && policy.Automated != nil && policy.Automated.Prune
	propagation := metav1.DeletePropagationForeground
	return []sync.SyncOpt{
		sync.WithLogr(logr.Discard()),
		sync.WithHealthOverride(lua.ResourceHealthOverrides(c.overrides)),
		sync.WithPermissionValidator(permitted(project)),
		sync.WithOperationSettings(false, prune, false, false),
		sync.WithInitialState(running.phase, running.message, numbered(running.results), running.started),
		sync.WithManifestValidation(!hasSyncOption(app, common.SyncOptionsDisableValidation)),
		// Argo CD pauses for two seconds here; the order of the waves does not depend on it.
		sync.WithSyncWaveHook(func(phase common.SyncPhase, wave int, _ bool) error {
			running.waves = append(running.waves, waveReport{Phase: string(phase), Wave: wave})
			return nil
		}),
		sync.WithPruneLast(hasSyncOption(app, common.SyncOptionPruneLast)),
		sync.WithResourceModificationChecker(hasSyncOption(app, common.SyncOptionApplyOutOfSyncOnly), found.diffs),
		sync.WithPrunePropagationPolicy(&propagation),
		sync.WithReplace(hasSyncOption(app, common.SyncOptionReplace)),
		sync.WithServerSideApply(hasSyncOption(app, common.SyncOptionServerSideApply)),
		sync.WithServerSideApplyManager(argocommon.ArgoCDSSAManager),
		sync.WithClientSideApplyMigration(!hasSyncOption(app, common.SyncOptionDisableClientSideApplyMigration),
			common.DefaultClientSideApplyMigrationManager),
		sync.WithPruneConfirmed(app.IsDeletionConfirmed(running.started.Time)),
		sync.WithSkipDryRunOnMissingResource(hasSyncOption(app, common.SyncOptionSkipDryRunOnMissingResource)),
	}
}

// permitted refuses kinds that the project does not allow.
func permitted(project *v1alpha1.AppProject) common.PermissionValidator {
	return func(object *unstructured.Unstructured, resource *metav1.APIResource) error {
		kind := object.GroupVersionKind().GroupKind()
		if !project.IsGroupKindNamePermitted(kind, object.GetName(), resource.Namespaced) {
			return fmt.Errorf("%s is not permitted in project %s", nameOf(object), project.Name)
		}
		return nil
	}
}

// numbered gives the results so far their order, which the sync context needs to add to them.
func numbered(results []common.ResourceSyncResult) []common.ResourceSyncResult {
	for index := range results {
		results[index].Order = index + 1
	}
	return results
}
